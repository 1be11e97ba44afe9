package stack

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"ksbb/infra/local/guard"
	"ksbb/infra/local/template"
)

// guards answer the calls that functions make, each at an address of its own.
type guards struct {
	transport *http.Transport
	servers   []*http.Server
	all       []guarded
}

type guarded struct {
	function string // logical id
	guard    *guard.Guard
	url      string
}

// guardFunction returns the address at which a function finds every service.
func (s *Stack) guardFunction(f template.Function) (string, error) {
	names := map[string]string{}
	for _, t := range s.Template.Tables {
		names[t.Name] = t.ID
	}
	for _, b := range s.Template.Buckets {
		names[b.Name] = b.ID
	}
	if s.guards.transport == nil {
		s.guards.transport = guard.NewTransport()
	}
	policy := guard.NewPolicy(f.Policies)
	g, err := guard.New(f.ID, policy, guard.Services{
		DynamoDB: s.DynamoDB, S3: s.S3, Mail: s.box, Transport: s.guards.transport, Names: names,
	}, func(line string) { s.say("%s", line) })
	if err != nil {
		return "", fmt.Errorf("guard %s: %w", f.ID, err)
	}
	if err := failuresGoSomewhere(f, policy, names); err != nil {
		return "", err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("guard %s: %w", f.ID, err)
	}
	server := &http.Server{Handler: g, ReadHeaderTimeout: 10 * time.Second}
	s.guards.servers = append(s.guards.servers, server)
	url := "http://" + l.Addr().String()
	s.guards.all = append(s.guards.all, guarded{f.ID, g, url})
	go func() { _ = server.Serve(l) }()
	return url, nil
}

// failuresGoSomewhere refuses a function whose failed batches would be lost:
// Lambda writes them with the permissions of the function. SAM grants this one
// by itself where the destination names its type; the template says it all the
// same, so that everything a function may do stands in one place.
func failuresGoSomewhere(f template.Function, policy *guard.Policy, names map[string]string) error {
	var errs []error
	for _, m := range f.Streams {
		if m.Failures == "" {
			continue
		}
		if !policy.Allows("s3:PutObject", "arn:aws:s3:::"+m.Failures+"/aws/lambda/"+f.ID+"-"+m.ID+"/shardId-0/batch") {
			errs = append(errs, fmt.Errorf("%s may not s3:PutObject on aws/lambda/* in bucket %s, where failed batches of %s go: no statement of its Policies allows it (template.yaml)",
				f.ID, names[m.Failures], m.ID))
		}
	}
	return errors.Join(errs...)
}

// permissions tells what each function may do, and how often it needed it.
func (s *Stack) permissions(w http.ResponseWriter, _ *http.Request) {
	type permission struct {
		Function string `json:"function"`
		guard.Permission
	}
	list := []permission{}
	for _, g := range s.guards.all {
		for _, p := range g.guard.Permissions() {
			list = append(list, permission{g.function, p})
		}
	}
	writeJSON(w, http.StatusOK, list)
}

func (g *guards) close() {
	for _, server := range g.servers {
		server.Close()
	}
	if g.transport != nil {
		g.transport.CloseIdleConnections()
	}
}
