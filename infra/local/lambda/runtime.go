package lambda

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// api is the Lambda Runtime API of 2018-06-01, for one worker.
func (w *worker) api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", w.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", w.response)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", w.error)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", w.initError)
	return mux
}

func (w *worker) next(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	first := !w.begun
	w.begun = true
	if w.current != nil {
		w.current.finish(nil, &Error{Kind: "Runtime.NoResponse", Message: "asked for more without an answer"})
		w.current = nil
	}
	w.mu.Unlock()
	w.pool.asked(w)
	if first {
		close(w.ready)
	} else {
		w.pool.release(w)
	}
	select {
	case in := <-w.calls:
		h := rw.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Lambda-Runtime-Aws-Request-Id", in.id)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(in.deadline.UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", w.pool.ARN)
		h.Set("Lambda-Runtime-Trace-Id", "Root=1-00000000-"+in.id[24:]+in.id[24:]+";Sampled=0")
		_, _ = rw.Write(in.payload)
	case <-r.Context().Done():
	}
}

// mine returns the invocation under way if the request is about it.
func (w *worker) mine(rw http.ResponseWriter, r *http.Request) *invocation {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.current == nil || w.current.id != r.PathValue("id") {
		http.Error(rw, `{"errorType":"InvalidRequestID","errorMessage":"not the invocation under way"}`, http.StatusBadRequest)
		return nil
	}
	in := w.current
	w.current = nil
	return in
}

func (w *worker) response(rw http.ResponseWriter, r *http.Request) {
	in := w.mine(rw, r)
	if in == nil {
		return
	}
	answer, err := io.ReadAll(io.LimitReader(r.Body, MaxPayload+1))
	w.pool.answered(w)
	switch {
	case err != nil:
		in.finish(nil, &Error{Kind: "Runtime.TruncatedResponse", Message: err.Error()})
	case len(answer) > MaxPayload:
		in.finish(nil, &Error{Kind: "Function.ResponseSizeTooLarge", Message: fmt.Sprintf("the answer exceeds %d bytes", MaxPayload)})
		rw.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	default:
		in.finish(answer, nil)
	}
	rw.WriteHeader(http.StatusAccepted)
}

func (w *worker) error(rw http.ResponseWriter, r *http.Request) {
	in := w.mine(rw, r)
	if in == nil {
		return
	}
	w.pool.answered(w)
	in.finish(nil, errorIn(r))
	rw.WriteHeader(http.StatusAccepted)
}

func (w *worker) initError(rw http.ResponseWriter, r *http.Request) {
	select {
	case w.failed <- errorIn(r):
	default:
	}
	rw.WriteHeader(http.StatusAccepted)
}

func errorIn(r *http.Request) *Error {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxPayload))
	if err != nil {
		return &Error{Kind: "Unhandled", Message: err.Error()}
	}
	e := &Error{Body: body}
	if json.Unmarshal(body, e) != nil || e.Kind == "" {
		e.Kind = "Unhandled"
	}
	return e
}
