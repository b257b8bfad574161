package link

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"collabnet.dev/engine-sets/internal/fault"
)

const (
	magic = "CNSETS"
	// protocolVersion changes with anything that both ends must do alike.
	protocolVersion = 2
	digestSize      = 16
	// mostKeys is the largest number of rows that a job may name.
	mostKeys = 10_000_000_000
)

// Field is something on which all parties must agree before they exchange anything about their keys.
type Field struct{ Name, Value string }

func (f Field) digest() []byte {
	sum := sha256.Sum256([]byte(f.Name + "\x00" + f.Value))
	return sum[:digestSize]
}

type hello struct {
	rank  int
	count uint64
	// differs names the fields in which the peer disagrees.
	differs []string
}

func (c *Config) hello() []byte {
	out := append([]byte(magic), protocolVersion, byte(c.Self))
	out = binary.BigEndian.AppendUint64(out, c.Count)
	for _, field := range c.Fields {
		out = append(out, field.digest()...)
	}
	return out
}

func (c *Config) readHello(payload []byte) (hello, error) {
	if len(payload) < 16 || string(payload[:6]) != magic {
		return hello{}, errFrame
	}
	h := hello{rank: int(payload[7]), count: binary.BigEndian.Uint64(payload[8:])}
	if h.count > mostKeys {
		return hello{}, errFrame
	}
	digests := payload[16:]
	if payload[6] != protocolVersion || len(digests) != digestSize*len(c.Fields) {
		h.differs = []string{"version of the engine"}
		return h, nil
	}
	for i, field := range c.Fields {
		if !bytes.Equal(digests[i*digestSize:(i+1)*digestSize], field.digest()) {
			h.differs = append(h.differs, field.Name)
		}
	}
	return h, nil
}

// objection is why no link with a peer may stand after its hello, or nil.
func (c *Config) objection(h hello) error {
	if len(h.differs) > 0 {
		return c.disagreement(h)
	}
	if c.Refuse != nil {
		return c.Refuse(h.rank, h.count)
	}
	return nil
}

func (c *Config) disagreement(h hello) error {
	return fault.New("PARAMETERS_DIFFER", "parties[%d]: %s has another job; not the same there: %s", h.rank, c.Names[h.rank], strings.Join(h.differs, ", "))
}
