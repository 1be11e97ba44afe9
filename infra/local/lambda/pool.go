package lambda

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// A Pool holds the workers of one function.
type Pool struct {
	Function
	host *Host
	log  *os.File

	mu        sync.Mutex
	workers   map[*worker]bool // those that live
	starting  int              // those about to
	idle      []*worker        // those that wait in /next, the last used last
	returning int              // those that have answered, but not yet asked for more
	waiters   []chan *worker   // invocations that wait for a worker
	tally     Tally
}

// grace is how long an invocation waits for a worker that has just answered
// before a new one is started: a worker is free only when it asks again.
const grace = 5 * time.Millisecond

// Invoke runs the function once and returns its answer. It waits while all
// workers that the ceiling allows are busy. The error is an [*Error] if the
// function failed, crashed, or took too long.
func (p *Pool) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	began := time.Now()
	answer, err := p.invoke(ctx, payload)
	p.mu.Lock()
	p.tally.add(time.Since(began), err)
	p.mu.Unlock()
	if err != nil && ctx.Err() == nil && !p.host.stopping() {
		p.host.failed(p.Name, err)
	}
	return answer, err
}

func (p *Pool) invoke(ctx context.Context, payload []byte) ([]byte, error) {
	if len(payload) > MaxPayload {
		return nil, &Error{Kind: "RequestTooLargeException", Message: fmt.Sprintf("%d bytes exceed %d", len(payload), MaxPayload)}
	}
	w, err := p.take(ctx)
	if err != nil {
		return nil, err
	}
	in := &invocation{id: uuid.NewString(), payload: payload, deadline: time.Now().Add(p.Timeout), over: make(chan struct{})}
	w.run(in)
	select {
	case <-in.over:
		return in.answer, in.err
	case <-ctx.Done():
		// The function goes on, as on AWS, and so does its deadline.
		return nil, ctx.Err()
	}
}

// take returns a worker that waits for an invocation.
func (p *Pool) take(ctx context.Context) (*worker, error) {
	patient := false // has given those that are returning their grace
	for {
		p.mu.Lock()
		if p.host.stopping() {
			p.mu.Unlock()
			return nil, errStopping
		}
		if n := len(p.idle); n > 0 {
			w := p.idle[n-1]
			p.idle = p.idle[:n-1]
			p.mu.Unlock()
			return w, nil
		}
		room := len(p.workers)+p.starting < p.Ceiling
		if room && (p.returning == 0 || patient) {
			p.starting++
			p.mu.Unlock()
			return p.start()
		}
		turn := make(chan *worker, 1)
		p.waiters = append(p.waiters, turn)
		p.mu.Unlock()

		var soon <-chan time.Time
		if room {
			soon = time.After(grace)
		}
		select {
		case w := <-turn:
			if w != nil {
				return w, nil
			}
		case <-soon:
			patient = true
			if w := p.leave(turn); w != nil {
				return w, nil
			}
		case <-ctx.Done():
			if w := p.leave(turn); w != nil {
				p.release(w)
			}
			return nil, ctx.Err()
		case <-p.host.closed:
			return nil, errStopping
		}
	}
}

var errStopping = &Error{Kind: "Stopping", Message: "the local stack is stopping"}

// leave takes an invocation out of the queue; a worker that it was just given
// is returned.
func (p *Pool) leave(turn chan *worker) *worker {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.waiters, turn); i >= 0 {
		p.waiters = slices.Delete(p.waiters, i, i+1)
		return nil
	}
	return <-turn
}

// release gives a worker that waits in /next to whoever waits longest.
func (p *Pool) release(w *worker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.workers[w] {
		p.wake(nil)
		return
	}
	if !p.wake(w) {
		p.idle = append(p.idle, w)
	}
}

// wake tells the first in the queue to take w, or, for nil, to look again.
func (p *Pool) wake(w *worker) bool {
	if len(p.waiters) == 0 {
		return false
	}
	p.waiters[0] <- w
	p.waiters = p.waiters[1:]
	return true
}

// answered notes that a worker will soon be free.
func (p *Pool) answered(w *worker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !w.returning {
		w.returning = true
		p.returning++
	}
}

// asked notes that a worker has come back.
func (p *Pool) asked(w *worker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w.returning {
		w.returning = false
		p.returning--
	}
}

// lost forgets a worker that has ended.
func (p *Pool) lost(w *worker) {
	p.asked(w)
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.workers, w)
	p.idle = slices.DeleteFunc(p.idle, func(other *worker) bool { return other == w })
	p.wake(nil)
}

// close kills the workers and waits until none is left or about to start.
func (p *Pool) close() {
	for {
		p.mu.Lock()
		workers := slices.Collect(maps.Keys(p.workers))
		none := len(workers)+p.starting == 0
		p.mu.Unlock()
		if none {
			break
		}
		for _, w := range workers {
			w.process.Kill()
		}
		time.Sleep(time.Millisecond)
	}
	p.log.Close()
}

// Tally returns what the function has done since the host started.
func (p *Pool) Tally() Tally {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.tally
	t.Function, t.Workers = p.Name, len(p.workers)
	t.summarize()
	return t
}
