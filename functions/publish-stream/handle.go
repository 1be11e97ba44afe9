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
	PublishInTurn(ctx context.Context, marks []publish.Mark, now time.Time, more func() bool) (publish.Report, error)
	Sweep(context.Context, publish.Pick, time.Time) (publish.Report, error)
}

// handle publishes what a batch says has changed. The batch is one publication.
// Of one that is too long for the time there is, it reports the first record that
// is still to be published as failed, and so comes again from there; when it fails,
// all of it is reported as failed. Being woken twice writes the same files.
func (s *server) handle(ctx context.Context, ev events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	if len(ev.Records) == 0 {
		return events.DynamoDBEventResponse{}, nil
	}
	report, done, err := s.publish(ctx, ev.Records)
	for _, r := range report.Refused {
		slog.ErrorContext(ctx, "area refused", "area", r.Area, "reason", r.Reason)
	}
	if err != nil {
		first := ev.Records[0].Change.SequenceNumber
		slog.ErrorContext(ctx, "batch not published", "seq", first, "records", len(ev.Records), "err", err)
		return from(first), nil
	}
	slog.InfoContext(ctx, "batch published", "records", len(ev.Records), "done", done,
		"generation", report.Generation, "attempts", report.Attempts, "files", report.Written)
	if done < len(ev.Records) {
		return from(ev.Records[done].Change.SequenceNumber), nil
	}
	return events.DynamoDBEventResponse{}, nil
}

// from is the answer that has the stream come again from a record on.
func from(sequence string) events.DynamoDBEventResponse {
	return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{{ItemIdentifier: sequence}}}
}

// publish also returns how many of the records, from the first on, are published.
func (s *server) publish(ctx context.Context, records []events.DynamoDBEventRecord) (report publish.Report, done int, err error) {
	now := s.now()
	dirty, complaints, readable := marked(ctx, records)
	if complaints {
		if _, err := s.counter.Count(ctx, now); err != nil {
			return publish.Report{}, 0, err
		}
	}
	if !readable {
		// Something changed and nobody can say what: look at everything.
		report, err = s.publisher.Sweep(ctx, publish.Rotating(now), now)
		return report, len(records), err
	}
	if len(dirty) == 0 {
		return publish.Report{}, len(records), nil
	}
	marks := make([]publish.Mark, len(dirty))
	for i, d := range dirty {
		marks[i] = d.Mark
	}
	report, err = s.publisher.PublishInTurn(ctx, marks, now, s.early(ctx, now))
	if err != nil || report.Done >= len(dirty) {
		return report, len(records), err
	}
	return report, dirty[report.Done].record, nil
}

// early returns what tells whether a recipient may still be begun: in the first
// third of the time that this wake has. The rest is for whatever is then under way
// and for the pages of areas, however slow the store is.
func (s *server) early(ctx context.Context, now time.Time) (more func() bool) {
	deadline, limited := ctx.Deadline()
	end := now.Add(deadline.Sub(now) / 3)
	return func() bool { return !limited || s.now().Before(end) }
}

// mark is what a record says is to be published.
type mark struct {
	publish.Mark
	record int // its index in the batch
}

// marked returns which leaves and recipients the records name, in their order, and
// whether there are any of complaints. A record that cannot be read makes readable
// false and raises an alarm. One of a recipient's own partition names no leaf and
// is passed over: what is public of it touched the leaf in the same transaction.
func marked(ctx context.Context, records []events.DynamoDBEventRecord) (dirty []mark, complaints, readable bool) {
	readable = true
	for i, r := range records {
		pk, sk := text(r.Change.Keys["PK"]), text(r.Change.Keys["SK"])
		if _, ok := table.ParseComplaintKey(pk, sk); ok {
			complaints = true
			continue
		}
		d, err := table.ParseKey(pk, sk)
		if err != nil {
			slog.ErrorContext(ctx, "stream record unreadable", "seq", r.Change.SequenceNumber, "err", err)
			readable = false
			continue
		}
		if d.Leaf != (aid.Leaf{}) {
			dirty = append(dirty, mark{publish.Mark{Leaf: d.Leaf, Recipient: d.Recipient}, i})
		}
	}
	return dirty, complaints, readable
}

// text returns a key attribute, and nothing for one that is not a string.
func text(v events.DynamoDBAttributeValue) string {
	if v.DataType() != events.DataTypeString {
		return ""
	}
	return v.String()
}
