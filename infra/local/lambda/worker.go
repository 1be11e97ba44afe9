package lambda

import (
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"ksbb/infra/local/child"
)

// A worker is one process of a function, with a Runtime API of its own.
type worker struct {
	pool    *Pool
	process *child.Process
	server  *http.Server
	calls   chan *invocation // for the process that waits in /next
	ready   chan struct{}    // closed when it first waits there
	failed  chan *Error      // what it said about its own start

	returning bool // guarded by the pool

	mu      sync.Mutex
	current *invocation
	begun   bool
}

// An invocation is one event on its way through a worker.
type invocation struct {
	id       string
	payload  []byte
	deadline time.Time
	once     sync.Once
	over     chan struct{} // closed when answer and err are final
	answer   []byte
	err      error
}

func (in *invocation) finish(answer []byte, err error) {
	in.once.Do(func() {
		in.answer, in.err = answer, err
		close(in.over)
	})
}

// initLimit is how long a function may take to ask for its first invocation.
const initLimit = 10 * time.Second

// start starts a worker and waits until it asks for its first invocation.
func (p *Pool) start() (*worker, error) {
	w := &worker{pool: p, calls: make(chan *invocation), ready: make(chan struct{}), failed: make(chan *Error, 1)}
	err := w.launch()
	p.mu.Lock()
	p.starting--
	if err == nil {
		p.workers[w] = true
		p.tally.Starts++
	}
	p.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", p.Name, err)
	}
	go func() {
		<-w.process.Done()
		w.server.Close()
		p.lost(w)
	}()
	late := time.NewTimer(initLimit)
	defer late.Stop()
	select {
	case <-w.ready:
		return w, nil
	case e := <-w.failed:
		w.process.Kill()
		return nil, e
	case <-w.process.Done():
		select {
		case e := <-w.failed:
			return nil, e
		default:
			return nil, &Error{Kind: "Runtime.ExitError", Message: "ended before its first invocation: " + w.process.Err().Error()}
		}
	case <-late.C:
		w.process.Kill()
		return nil, &Error{Kind: "Sandbox.Timedout", Message: fmt.Sprintf("did not start within %s", initLimit)}
	}
}

func (w *worker) launch() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	w.server = &http.Server{Handler: w.api()}
	go func() { _ = w.server.Serve(l) }()
	cmd := exec.Command(w.pool.Program)
	cmd.Dir = filepath.Dir(w.pool.Program)
	cmd.Env = w.pool.environment(l.Addr().String())
	cmd.Stdout, cmd.Stderr = w.pool.log, w.pool.log
	if w.process, err = child.Start(cmd); err != nil {
		w.server.Close()
	}
	return err
}

// run hands an invocation to the worker and sees to it that it ends: with an
// answer, at its deadline, or with the process.
func (w *worker) run(in *invocation) {
	w.mu.Lock()
	w.current = in
	w.mu.Unlock()
	go func() {
		late := time.NewTimer(time.Until(in.deadline))
		defer late.Stop()
		select {
		case w.calls <- in:
		case <-w.process.Done():
		}
		select {
		case <-in.over:
		case <-late.C:
			in.finish(nil, &Error{Kind: "Sandbox.Timedout", Message: fmt.Sprintf("task timed out after %.2f seconds", w.pool.Timeout.Seconds())})
			w.process.Kill()
		case <-w.process.Done():
			in.finish(nil, &Error{Kind: "Runtime.ExitError", Message: "the function ended: " + w.process.Err().Error()})
		}
	}()
}

// environment is what a function finds on AWS, pointed at this machine.
func (p *Pool) environment(api string) []string {
	return append([]string{
		"AWS_LAMBDA_RUNTIME_API=" + api,
		"AWS_LAMBDA_FUNCTION_NAME=" + p.Name,
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=" + strconv.Itoa(p.Memory),
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/" + p.Name,
		"AWS_LAMBDA_LOG_STREAM_NAME=local",
		"LAMBDA_TASK_ROOT=" + filepath.Dir(p.Program),
		"LAMBDA_RUNTIME_DIR=/var/runtime",
		"_HANDLER=" + p.Handler,
		"TZ=:UTC", "LANG=en_US.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin",
		// Whoever runs this may have an account: nothing of it may leak in.
		"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_EC2_METADATA_DISABLED=true",
	}, p.Env...)
}
