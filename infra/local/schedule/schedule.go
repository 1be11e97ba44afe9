// Package schedule wakes functions at their times, as EventBridge Scheduler
// does, and on request: now, or as if it were another time.
package schedule

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"ksbb/infra/local/lambda"
	"ksbb/infra/local/template"
)

// A Job is one schedule of one function.
type Job struct {
	Schedule template.Schedule
	Function template.Function
	Pool     *lambda.Pool

	running sync.Mutex
}

// Run wakes the function whenever it is due, until ctx ends. A time that comes
// while the function still runs is waited for and not lost.
func (j *Job) Run(ctx context.Context) {
	if j.Schedule.Off {
		return
	}
	due := j.Schedule.When.Next(time.Now())
	for !due.IsZero() {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(due)):
		}
		j.running.Lock()
		// What became of it is reported where functions are run.
		_, _ = j.Pool.Retry(ctx, j.input(due), j.Function.Retries)
		j.running.Unlock()
		due = j.Schedule.When.Next(due)
		for !due.IsZero() && time.Since(due) > time.Hour {
			// The lid was closed: catch up from now.
			due = j.Schedule.When.Next(time.Now())
		}
	}
}

// At runs the function once as if it were due at a time, and returns its
// answer. It waits while the function runs on its own account.
func (j *Job) At(ctx context.Context, due time.Time) ([]byte, error) {
	return j.With(ctx, due, nil)
}

// With does as At with members added to what the schedule sends, as somebody
// does who invokes the function by hand.
func (j *Job) With(ctx context.Context, due time.Time, more map[string]string) ([]byte, error) {
	input := j.input(due)
	if len(more) > 0 {
		event := map[string]any{}
		if err := json.Unmarshal(input, &event); err != nil {
			return nil, fmt.Errorf("add to the input of %s: %w", j.Function.ID, err)
		}
		for name, value := range more {
			event[name] = value
		}
		var err error
		if input, err = json.Marshal(event); err != nil {
			return nil, fmt.Errorf("add to the input of %s: %w", j.Function.ID, err)
		}
	}
	j.running.Lock()
	defer j.running.Unlock()
	return j.Pool.Invoke(ctx, input)
}

func (j *Job) input(due time.Time) []byte {
	arn := "arn:aws:scheduler:" + template.Region + ":" + template.Account + ":schedule/default/" + j.Function.ID + j.Schedule.ID
	at := due.UTC().Format(time.RFC3339)
	if j.Schedule.Input == "" {
		event, _ := json.Marshal(map[string]any{ // texts always marshal
			"version": "0", "id": uuid.NewString(), "detail-type": "Scheduled Event", "source": "aws.scheduler",
			"account": template.Account, "time": at, "region": template.Region, "resources": []string{arn}, "detail": "{}",
		})
		return event
	}
	return []byte(strings.NewReplacer(
		"<aws.scheduler.scheduled-time>", at,
		"<aws.scheduler.schedule-arn>", arn,
		"<aws.scheduler.execution-id>", uuid.NewString(),
		"<aws.scheduler.attempt-number>", "1",
	).Replace(j.Schedule.Input))
}

// A Table holds the jobs of all functions.
type Table []*Job

// Find returns the schedule of a function, by its logical id or its name.
func (t Table) Find(function string) (*Job, error) {
	var names []string
	for _, j := range t {
		if strings.EqualFold(j.Function.ID, function) || j.Function.Name == function || j.Function.ID+j.Schedule.ID == function {
			return j, nil
		}
		names = append(names, j.Function.ID)
	}
	return nil, fmt.Errorf("no scheduled function is called %s; there are %s", function, strings.Join(names, ", "))
}
