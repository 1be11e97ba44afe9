// Package engine runs what stands in for DynamoDB and S3: two programs, each
// a child of this one, with their data in one folder.
package engine

import (
	"fmt"
	"net"
	"os"
	"time"

	"ksbb/infra/local/child"
)

// Key and Secret are what every client on this machine signs with.
const (
	Key    = "local"
	Secret = "local-secret"
)

// An Engine answers at URL until it is closed.
type Engine struct {
	URL     string
	name    string
	process *child.Process // nil where somebody else runs the engine
	log     *os.File
}

// Given is an engine that somebody else runs.
func Given(url string) *Engine { return &Engine{URL: url} }

// Close ends the engine and waits until it is gone.
func (e *Engine) Close() {
	if e.process != nil {
		// Both keep what they have acknowledged whatever happens; the grace
		// only spares them a recovery.
		e.process.Stop(500 * time.Millisecond)
		e.log.Close()
	}
}

// Died is closed when the engine has ended; it never is for a given one.
func (e *Engine) Died() <-chan struct{} {
	if e.process == nil {
		return nil
	}
	return e.process.Done()
}

// Err says how the engine ended.
func (e *Engine) Err() error { return fmt.Errorf("%s: %w", e.name, e.process.Err()) }

// Roles are the parts of this program that run in processes of their own; see
// [child.Become].
func Roles() map[string]func() error {
	return map[string]func() error{s3Role: serveS3}
}

// freePort finds a port that nobody listens on. Somebody may take it before
// the engine does, which then ends at once and is started again on another.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// tries is how often an engine is started on a new port before giving up.
const tries = 4

// await asks until the engine answers, at most ten seconds.
func (e *Engine) await(answers func() bool) error {
	for range 2000 {
		if answers() {
			return nil
		}
		select {
		case <-e.process.Done():
			return e.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
	e.process.Kill()
	return fmt.Errorf("%s does not answer at %s", e.name, e.URL)
}
