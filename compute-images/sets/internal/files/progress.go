package files

import (
	"encoding/json"
	"io"
	"os"
	"sync"
	"time"
)

// Progress appends JSON lines for the courier (file) and for whoever reads the container log (stdout). Never data.
type Progress struct {
	mutex   sync.Mutex
	targets []io.Writer
	last    line
}

type line struct {
	Time    string `json:"time"`
	Phase   string `json:"phase"`
	Percent int    `json:"percent"`
	Rows    *int64 `json:"rows,omitempty"`
}

// NewProgress opens the progress file; without it the lines go to the log alone.
func NewProgress(place Place, log io.Writer) *Progress {
	p := &Progress{targets: []io.Writer{log}}
	file, err := os.OpenFile(place.File("progress.jsonl"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o640)
	if err == nil {
		p.targets = append(p.targets, file)
	}
	return p
}

// Report writes a line unless it would repeat the last one.
func (p *Progress) Report(phase string, percent int) { p.report(line{Phase: phase, Percent: percent}) }

// ReportRows is Report with a count of rows.
func (p *Progress) ReportRows(phase string, percent int, rows int64) {
	p.report(line{Phase: phase, Percent: percent, Rows: &rows})
}

func (p *Progress) report(l line) {
	l.Percent = max(0, min(100, l.Percent))
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if l.Phase == p.last.Phase && l.Percent <= p.last.Percent && l.Rows == nil {
		return
	}
	p.last = l
	l.Time = time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	data, _ := json.Marshal(l)
	for _, target := range p.targets {
		// A closed log or a full volume must not end a computation that can still succeed.
		_, _ = target.Write(append(data, '\n'))
	}
}
