package confinement

import "golang.org/x/sys/unix"

// A minimal assembler for the classic BPF programs of seccomp: instructions with labels instead of offsets. Jumps go
// forward only, at most 255 instructions, as the kernel demands.

const (
	load        = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	and         = unix.BPF_ALU | unix.BPF_AND | unix.BPF_K
	jumpEqual   = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	jumpAtLeast = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
	jumpAnyBit  = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K
	give        = unix.BPF_RET | unix.BPF_K

	allow       = 0x7fff0000
	killProcess = 0x80000000
	withErrno   = 0x00050000

	// Offsets in struct seccomp_data, little endian: number, architecture, low halves of the arguments.
	number       = 0
	architecture = 4
)

func argument(index int) uint32 { return uint32(16 + 8*index) }

type program struct {
	code   []unix.SockFilter
	jumps  [][2]string
	labels map[string]int
}

// add appends an instruction; an empty label goes on with the next one.
func (p *program) add(operation uint16, value uint32, then, otherwise string) {
	p.code = append(p.code, unix.SockFilter{Code: operation, K: value})
	p.jumps = append(p.jumps, [2]string{then, otherwise})
}

func (p *program) label(name string) { p.labels[name] = len(p.code) }

func (p *program) assemble() []unix.SockFilter {
	distance := func(from int, label string) uint8 {
		if label == "" {
			return 0
		}
		d := p.labels[label] - from - 1
		if d < 0 || d > 255 {
			panic("a jump of the system call filter is too far")
		}
		return uint8(d)
	}
	for i, jump := range p.jumps {
		p.code[i].Jt, p.code[i].Jf = distance(i, jump[0]), distance(i, jump[1])
	}
	return p.code
}
