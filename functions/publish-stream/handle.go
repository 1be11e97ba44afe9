package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"ksbb/shared/aid"
	"ksbb/shared/publish"
	"ksbb/shared/table"
)

// server turns batches of the stream into publications.
type server struct {
	publisher publisher
	counter   counter
	now       func() time.Time
}

// counter counts complaints in public.
type counter interface {
	Count(context.Context, time.Time) (changed bool, err error)
}

type publisher interface {
	Publish(context.Context, publish.Marks, time.Time) (publish.Report, error)
	Sweep(context.Context, publish.Pick, time.Time) (publish.Report, error)
}

// handle publishes what a batch says has changed. The batch is one publication:
// when it fails, all of it is reported as failed, and being woken twice writes
// the same files.
func (s *server) handle(ctx context.Context, ev events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	if len(ev.Records) == 0 {
		return events.DynamoDBEventResponse{}, nil
	}
	report, err := s.publish(ctx, ev.Records)
	for _, r := range report.Refused {
		slog.ErrorContext(ctx, "area refused", "area", r.Area, "reason", r.Reason)
	}
	if err != nil {
		first := ev.Records[0].Change.SequenceNumber
		slog.ErrorContext(ctx, "batch not published", "seq", first, "records", len(ev.Records), "err", err)
		return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{{ItemIdentifier: first}}}, nil
	}
	slog.InfoContext(ctx, "batch published", "records", len(ev.Records),
		"generation", report.Generation, "attempts", report.Attempts, "files", report.Written)
	return events.DynamoDBEventResponse{}, nil
}

func (s *server) publish(ctx context.Context, records []events.DynamoDBEventRecord) (publish.Report, error) {
	now := s.now()
	records, complaints := sorted(records)
	if complaints {
		if _, err := s.counter.Count(ctx, now); err != nil {
			return publish.Report{}, err
		}
	}
	dirty, readable := marked(ctx, records)
	if !readable {
		// Something changed and nobody can say what: look at everything.
		return s.publisher.Sweep(ctx, publish.Rotating(now), now)
	}
	if len(dirty) == 0 {
		return publish.Report{}, nil
	}
	marks := publish.Marks{}
	for leaf, recipients := range dirty {
		marks[leaf] = publish.Only(recipients)
	}
	return s.publisher.Publish(ctx, marks, now)
}

// sorted returns the records of the map, and whether there are any of
// complaints.
func sorted(records []events.DynamoDBEventRecord) (rest []events.DynamoDBEventRecord, complaints bool) {
	for _, r := range records {
		if _, ok := table.ParseComplaintKey(text(r.Change.Keys["PK"]), text(r.Change.Keys["SK"])); ok {
			complaints = true
			continue
		}
		rest = append(rest, r)
	}
	return rest, complaints
}

// marked collects which recipients of which leaves the records name. A record
// that cannot be read makes readable false and raises an alarm. One of a
// recipient's own partition names no leaf and is passed over: what is public of
// it touched the leaf in the same transaction.
func marked(ctx context.Context, records []events.DynamoDBEventRecord) (dirty map[aid.Leaf]map[aid.RecipientID]bool, readable bool) {
	dirty, readable = map[aid.Leaf]map[aid.RecipientID]bool{}, true
	for _, r := range records {
		pk, sk := text(r.Change.Keys["PK"]), text(r.Change.Keys["SK"])
		d, err := table.ParseKey(pk, sk)
		if err != nil {
			slog.ErrorContext(ctx, "stream record unreadable", "seq", r.Change.SequenceNumber, "err", err)
			readable = false
			continue
		}
		if d.Leaf == (aid.Leaf{}) {
			continue
		}
		if dirty[d.Leaf] == nil {
			dirty[d.Leaf] = map[aid.RecipientID]bool{}
		}
		if d.Recipient != "" {
			dirty[d.Leaf][d.Recipient] = true
		}
	}
	return dirty, readable
}

// text returns a key attribute, and nothing for one that is not a string.
func text(v events.DynamoDBAttributeValue) string {
	if v.DataType() != events.DataTypeString {
		return ""
	}
	return v.String()
}
