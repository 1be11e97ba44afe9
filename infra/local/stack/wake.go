package stack

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"ksbb/infra/local/schedule"
	"ksbb/infra/local/stream"
	"ksbb/infra/local/template"
)

// addStreams prepares the mappings of all functions.
func (s *Stack) addStreams() {
	for _, f := range s.Template.Functions {
		for _, m := range f.Streams {
			m.ID = f.ID + "-" + m.ID
			p := &stream.Poller{
				Mapping: m, DB: s.db, Function: f.ARN, Invoke: s.host.Pool(f.ID).Invoke, Warn: s.say,
				File: filepath.Join(s.folder, "checkpoint", m.ID+".json"),
			}
			if m.Failures != "" {
				p.Fail = func(ctx context.Context, key string, account []byte) error {
					_, err := s.objects.PutObject(ctx, &s3.PutObjectInput{Bucket: &m.Failures, Key: &key,
						Body: bytes.NewReader(account), ContentType: aws.String("application/json")})
					return err
				}
			}
			s.streams = append(s.streams, p)
		}
	}
}

// wake starts everything that wakes functions by itself.
func (s *Stack) wake(ctx context.Context) {
	for _, p := range s.streams {
		s.work.Go(func() { p.Run(ctx) })
	}
	for _, j := range s.schedules {
		s.work.Go(func() { j.Run(ctx) })
	}
	s.work.Go(func() { s.tellAgain(ctx) })
	for _, t := range s.Template.Tables {
		if t.Expires == "" {
			continue
		}
		s.work.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case <-time.After(10 * time.Minute):
				}
				if err := s.expire(ctx, t, time.Now()); err != nil && ctx.Err() == nil {
					s.say("error expire items of %s: %v", t.Name, err)
				}
			}
		})
	}
}

func (s *Stack) addSchedules() {
	for _, f := range s.Template.Functions {
		for _, sc := range f.Schedules {
			s.schedules = append(s.schedules, &schedule.Job{Schedule: sc, Function: f, Pool: s.host.Pool(f.ID)})
		}
	}
}

// seed fills an empty ledger and publishes what was written; nobody else is
// told, which would only be the same work once more, change by change. A seed that was
// interrupted is done again: seeds may be repeated.
func (s *Stack) seed(ctx context.Context) error {
	ledger, isLedger := s.Template.Table(ledgerTable)
	private, isPrivate := s.Template.Table(privateTable)
	if s.options.Seed == nil || !isLedger || !isPrivate {
		return nil
	}
	begun := filepath.Join(s.folder, "seeding")
	if _, err := os.Stat(begun); errors.Is(err, os.ErrNotExist) {
		var out struct{ Count int }
		if err := s.db.Call(ctx, "Scan", map[string]any{"TableName": ledger.Name, "Limit": 1}, &out); err != nil {
			return fmt.Errorf("look whether the ledger is empty: %w", err)
		}
		if out.Count > 0 {
			return nil
		}
	}
	if err := os.WriteFile(begun, nil, 0o644); err != nil {
		return fmt.Errorf("begin demo data: %w", err)
	}
	began := time.Now()
	s.say("demo data: writing")
	if err := s.options.Seed(ctx, s.seeding(ledger, private)); err != nil {
		return fmt.Errorf("write demo data: %w", err)
	}
	s.say("demo data: written in %.1f s", time.Since(began).Seconds())
	if err := s.publish(ctx); err != nil {
		return fmt.Errorf("publish demo data: %w", err)
	}
	for _, p := range s.streams {
		if err := p.Skip(ctx); err != nil {
			return fmt.Errorf("pass over the changes of demo data: %w", err)
		}
	}
	if err := os.Remove(begun); err != nil {
		return fmt.Errorf("end demo data: %w", err)
	}
	return nil
}

// seeding is how the tables are reached from outside of any function.
func (s *Stack) seeding(ledger, private template.Table) Seeding {
	return Seeding{
		DynamoDB: s.DynamoDB, Ledger: ledger.Name, Private: private.Name,
		Parameters: s.Template.Parameters, Progress: s.say,
	}
}

// publish runs the sweep, which draws every file anew, and remembers which
// program did it.
func (s *Stack) publish(ctx context.Context) error {
	job, err := s.schedules.Find(sweep)
	if err != nil {
		return nil // the template publishes nothing
	}
	program, err := s.sweepProgram()
	if err != nil {
		return err
	}
	began := time.Now()
	if _, err := job.At(ctx, began); err != nil {
		return err
	}
	s.say("everything published in %.1f s", time.Since(began).Seconds())
	return os.WriteFile(filepath.Join(s.folder, "published-by"), []byte(program), 0o644)
}

// republish sees to it that what is published was drawn by the present
// program: at the first start before anybody looks, after a change of the code
// while they do. On AWS the next sweep is soon enough.
func (s *Stack) republish(ctx context.Context) {
	program, err := s.sweepProgram()
	if err != nil || program == "" {
		return
	}
	before, err := os.ReadFile(filepath.Join(s.folder, "published-by"))
	if string(before) == program {
		return
	}
	run := func() {
		if err := s.publish(ctx); err != nil && ctx.Err() == nil {
			s.say("error publish: %v", err)
		}
	}
	if err != nil {
		run()
	} else {
		s.work.Go(run)
	}
}

// report writes the reports that are due: a laptop is off at midnight. They may
// take a while, so they come while people look around already; but the page that
// lists them is there before anybody can follow a link to it.
func (s *Stack) report(ctx context.Context) {
	job, err := s.schedules.Find(reports)
	public, isPublic := s.Template.Bucket(publicBucket)
	if err != nil || !isPublic {
		return // the template reports nothing
	}
	done := make(chan struct{})
	s.work.Go(func() {
		defer close(done)
		began := time.Now()
		if _, err := job.At(ctx, began); err != nil {
			if ctx.Err() == nil {
				s.say("error report: %v", err)
			}
			return
		}
		s.say("everything reported in %.1f s", time.Since(began).Seconds())
	})
	for {
		if _, err := s.objects.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &public.Name, Key: aws.String(reportsPage)}); err == nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-done:
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// sweepProgram names the contents of the sweep's program; empty if the template
// has none.
func (s *Stack) sweepProgram() (string, error) {
	pool := s.host.Pool(sweep)
	if pool == nil {
		return "", nil
	}
	f, err := os.Open(pool.Program)
	if err != nil {
		return "", fmt.Errorf("read program of %s: %w", sweep, err)
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", fmt.Errorf("read program of %s: %w", sweep, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
