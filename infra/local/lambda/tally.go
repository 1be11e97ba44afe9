package lambda

import (
	"slices"
	"time"
)

// A Tally is what a function has done. Times are milliseconds and include the
// start of a worker.
type Tally struct {
	Function    string  `json:"function"`
	Invocations int     `json:"invocations"`
	Errors      int     `json:"errors"`
	Starts      int     `json:"starts"`
	Workers     int     `json:"workers"`
	Median      float64 `json:"medianMs"` // of the last thousand
	P99         float64 `json:"p99Ms"`
	Max         float64 `json:"maxMs"`
	LastError   string  `json:"lastError,omitempty"`

	recent [1000]time.Duration
}

func (t *Tally) add(d time.Duration, err error) {
	t.recent[t.Invocations%len(t.recent)] = d
	t.Invocations++
	t.Max = max(t.Max, float64(d.Microseconds())/1000)
	if err != nil {
		t.Errors++
		t.LastError = err.Error()
	}
}

func (t *Tally) summarize() {
	n := min(t.Invocations, len(t.recent))
	if n == 0 {
		return
	}
	sorted := t.recent
	slices.Sort(sorted[:n])
	t.Median = float64(sorted[n/2].Microseconds()) / 1000
	t.P99 = float64(sorted[n*99/100].Microseconds()) / 1000
}
