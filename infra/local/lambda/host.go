// Package lambda runs Lambda functions the way AWS does: each worker is a
// process that fetches its invocations from the Runtime API, one at a time,
// with the environment, the deadlines and the limits of the real one.
//
// It knows nothing about what wakes a function.
package lambda

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

// MaxPayload is the largest event and the largest answer, as on AWS.
const MaxPayload = 6 << 20

// A Function is what the host needs to know about one function.
type Function struct {
	ID      string // logical id in the template
	Name    string
	ARN     string
	Program string // path of the bootstrap binary
	Handler string
	Timeout time.Duration
	Memory  int      // MB; told to the function, not enforced
	Ceiling int      // most workers at once; 0 for the laptop's own
	Env     []string // NAME=value, besides what the host sets itself
}

// An Error is what Lambda answers instead of a result.
type Error struct {
	Kind    string `json:"errorType"`
	Message string `json:"errorMessage"`
	// Body is the whole answer as the function gave it.
	Body []byte `json:"-"`
}

func (e *Error) Error() string { return e.Kind + ": " + e.Message }

// A Host runs functions.
type Host struct {
	logs   string
	failed func(function string, err error)
	mu     sync.Mutex
	pools  map[string]*Pool
	order  []*Pool
	closed chan struct{}
	once   sync.Once
}

// NewHost returns a host that writes what functions print into files of the
// folder logs. It calls failed for every invocation that ended in an error.
func NewHost(logs string, failed func(function string, err error)) (*Host, error) {
	if err := os.MkdirAll(logs, 0o755); err != nil {
		return nil, fmt.Errorf("make %s: %w", logs, err)
	}
	return &Host{logs: logs, failed: failed, pools: map[string]*Pool{}, closed: make(chan struct{})}, nil
}

// Add makes a function ready to be invoked. It starts no worker yet.
func (h *Host) Add(f Function) (*Pool, error) {
	if _, err := os.Stat(f.Program); err != nil {
		return nil, fmt.Errorf("find program of %s: %w", f.Name, err)
	}
	program, err := filepath.Abs(f.Program)
	if err != nil {
		return nil, fmt.Errorf("find program of %s: %w", f.Name, err)
	}
	f.Program = program
	log, err := os.OpenFile(filepath.Join(h.logs, f.Name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	if f.Ceiling <= 0 {
		// AWS would start a thousand; more workers than this only wait for
		// the same few processors.
		f.Ceiling = max(8, 4*runtime.NumCPU())
	}
	p := &Pool{Function: f, host: h, log: log, workers: map[*worker]bool{}}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pools[f.ID] = p
	h.order = append(h.order, p)
	return p, nil
}

// Pool returns the function with a logical id, nil if there is none.
func (h *Host) Pool(id string) *Pool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.pools[id]
}

// Pools returns all functions in the order they were added.
func (h *Host) Pools() []*Pool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]*Pool(nil), h.order...)
}

// Close kills every worker. Invocations under way end in an error.
func (h *Host) Close() {
	h.once.Do(func() { close(h.closed) })
	for _, p := range h.Pools() {
		p.close()
	}
}

func (h *Host) stopping() bool {
	select {
	case <-h.closed:
		return true
	default:
		return false
	}
}

// Retry invokes a function as AWS does for events that nobody waits for: an
// invocation that fails is repeated, with growing pauses.
func (p *Pool) Retry(ctx context.Context, payload []byte, retries int) ([]byte, error) {
	for pause := time.Second; ; pause *= 2 {
		answer, err := p.Invoke(ctx, payload)
		if err == nil || retries == 0 {
			return answer, err
		}
		retries--
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(pause):
		}
	}
}
