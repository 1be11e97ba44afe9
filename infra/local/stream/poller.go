// Package stream feeds the changes of a table to a function, as an event
// source mapping of Lambda does: in order, at least once, with batches, a
// window, filters, retries, bisecting, partial failures, and a place for what
// could not be handled.
//
// How far it has come is in a file, so a restart goes on where it stopped.
package stream

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"ksbb/infra/local/dynamo"
	"ksbb/infra/local/lambda"
	"ksbb/infra/local/template"
)

// A Poller reads the stream of one table for one function.
type Poller struct {
	Mapping  template.Stream
	DB       dynamo.Client
	Function string // ARN
	Invoke   func(ctx context.Context, payload []byte) ([]byte, error)
	// Fail keeps the account of a batch that could not be handled; nil where
	// the mapping names no place for it.
	Fail func(ctx context.Context, key string, account []byte) error
	File string                           // where it keeps how far it has come
	Warn func(format string, args ...any) // told about trouble that it goes on after
}

// Times of polling: quick while changes come, less so while none do. Both are
// far below the four reads a second of AWS.
const (
	busyPause = 15 * time.Millisecond
	idlePause = 60 * time.Millisecond
	idleAfter = 5 * time.Second
	lastPause = 5 * time.Second // between the attempts of a batch, at most
)

// Run polls until ctx ends.
func (p *Poller) Run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := p.run(ctx); err != nil && ctx.Err() == nil {
			p.Warn("stream of %s: %v; beginning again", p.Mapping.Table, err)
			sleep(ctx, time.Second)
		}
	}
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// present is the stream that the table has now.
func (p *Poller) present(ctx context.Context) (string, error) {
	var out struct {
		Table struct{ LatestStreamArn string }
	}
	if err := p.DB.Call(ctx, "DescribeTable", map[string]any{"TableName": p.Mapping.Table}, &out); err != nil {
		return "", err
	}
	if out.Table.LatestStreamArn == "" {
		return "", fmt.Errorf("table %s has no stream", p.Mapping.Table)
	}
	return out.Table.LatestStreamArn, nil
}

// run polls every shard, children after their parents.
func (p *Poller) run(ctx context.Context) error {
	arn, err := p.present(ctx)
	if err != nil {
		return err
	}
	marks, err := openCheckpoint(p.File, arn)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	defer group.Wait()
	started := map[string]bool{}
	for ctx.Err() == nil {
		shards, err := p.shards(ctx, arn)
		if err != nil {
			return err
		}
		known := map[string]bool{}
		for _, s := range shards {
			known[s.ShardID] = true
		}
		for _, s := range shards {
			if started[s.ShardID] || marks.ended(s.ShardID) || known[s.Parent] && !marks.ended(s.Parent) {
				continue
			}
			started[s.ShardID] = true
			group.Go(func() {
				r := reader{Poller: p, stream: arn, shard: s.ShardID, marks: marks}
				if err := r.run(ctx); err != nil {
					cancel(err)
				}
			})
		}
		sleep(ctx, 5*time.Second)
	}
	return context.Cause(ctx)
}

type shard struct {
	ShardID string `json:"ShardId"`
	Parent  string `json:"ParentShardId"`
}

// Skip passes over every change there is: whoever calls it has seen to them.
// It must not be called while Run runs.
func (p *Poller) Skip(ctx context.Context) error {
	arn, err := p.present(ctx)
	if err != nil {
		return err
	}
	marks, err := openCheckpoint(p.File, arn)
	if err != nil {
		return err
	}
	shards, err := p.shards(ctx, arn)
	if err != nil {
		return err
	}
	for _, s := range shards {
		r := reader{Poller: p, stream: arn, shard: s.ShardID, marks: marks}
		if err := r.skip(ctx); err != nil {
			return err
		}
	}
	return marks.save()
}

func (p *Poller) shards(ctx context.Context, arn string) ([]shard, error) {
	var all []shard
	in := map[string]any{"StreamArn": arn}
	for {
		var out struct {
			StreamDescription struct {
				Shards               []shard
				LastEvaluatedShardID string `json:"LastEvaluatedShardId"`
			}
		}
		if err := p.DB.Call(ctx, "DescribeStream", in, &out); err != nil {
			return nil, err
		}
		all = append(all, out.StreamDescription.Shards...)
		if out.StreamDescription.LastEvaluatedShardID == "" {
			return all, nil
		}
		in["ExclusiveStartShardId"] = out.StreamDescription.LastEvaluatedShardID
	}
}

// A reader delivers the records of one shard.
type reader struct {
	*Poller
	stream, shard string
	marks         *checkpoint
}

func (r *reader) run(ctx context.Context) error {
	iterator, err := r.iterator(ctx)
	if err != nil {
		return err
	}
	var batch []record
	var since time.Time // when the batch got its first record
	lastChange := time.Now()
	for ctx.Err() == nil {
		page, err := r.page(ctx, iterator)
		if err != nil {
			return err
		}
		for _, raw := range page.Records {
			rec, err := r.record(raw)
			if err != nil {
				return err
			}
			if r.wanted(rec) {
				if len(batch) == 0 {
					since = time.Now()
				}
				batch = append(batch, rec)
			} else if len(batch) == 0 {
				r.marks.note(r.shard, rec.sequence)
			}
		}
		ended := page.NextShardIterator == ""
		for len(batch) >= r.Mapping.BatchSize ||
			len(batch) > 0 && (ended || time.Since(since) >= time.Duration(r.Mapping.Window)*time.Second) {
			n := min(len(batch), r.Mapping.BatchSize)
			if err := r.deliver(ctx, batch[:n]); err != nil {
				return err
			}
			batch, since = batch[n:], time.Now()
		}
		if err := r.marks.save(); err != nil {
			return err
		}
		if ended {
			return r.marks.end(r.shard)
		}
		iterator = page.NextShardIterator
		switch {
		case len(page.Records) > 0:
			lastChange = time.Now()
		case time.Since(lastChange) < idleAfter:
			sleep(ctx, busyPause)
		default:
			sleep(ctx, idlePause)
		}
	}
	return nil
}

// skip reads to the present end of the shard. The end that the engine names is
// the greatest number as a text, "9999" before "10000".
func (r *reader) skip(ctx context.Context) error {
	iterator, err := r.iterator(ctx)
	if err != nil {
		return err
	}
	for iterator != "" {
		page, err := r.page(ctx, iterator)
		if err != nil {
			return err
		}
		if len(page.Records) == 0 {
			return nil
		}
		last, err := r.record(page.Records[len(page.Records)-1])
		if err != nil {
			return err
		}
		r.marks.note(r.shard, last.sequence)
		iterator = page.NextShardIterator
	}
	return nil
}

type page struct {
	Records           []json.RawMessage
	NextShardIterator string
}

func (r *reader) page(ctx context.Context, iterator string) (p page, err error) {
	err = r.DB.Call(ctx, "GetRecords", map[string]any{"ShardIterator": iterator, "Limit": 1000}, &p)
	return p, err
}

func (r *reader) iterator(ctx context.Context) (string, error) {
	in := map[string]any{"StreamArn": r.stream, "ShardId": r.shard, "ShardIteratorType": "TRIM_HORIZON"}
	if mark := r.marks.at(r.shard); mark != "" {
		in["ShardIteratorType"], in["SequenceNumber"] = "AFTER_SEQUENCE_NUMBER", mark
	} else if r.Mapping.Latest {
		in["ShardIteratorType"] = "LATEST"
	}
	var out struct{ ShardIterator string }
	err := r.DB.Call(ctx, "GetShardIterator", in, &out)
	if dynamo.Is(err, "TrimmedDataAccessException") {
		r.Warn("stream of %s: changes were lost while nobody read them for a day", r.Mapping.Table)
		delete(in, "SequenceNumber")
		in["ShardIteratorType"] = "TRIM_HORIZON"
		err = r.DB.Call(ctx, "GetShardIterator", in, &out)
	}
	return out.ShardIterator, err
}

// A record is one change: as it goes to the function, and as filters see it.
type record struct {
	event    json.RawMessage
	fields   map[string]any
	sequence string
	at       time.Time
}

// record adds what Lambda adds to what the stream says; the rest passes
// through as it is.
func (r *reader) record(raw json.RawMessage) (record, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return record{}, fmt.Errorf("read stream record: %w", err)
	}
	_, label, _ := strings.Cut(r.stream, "/stream/")
	arn := "arn:aws:dynamodb:" + template.Region + ":" + template.Account + ":table/" + r.Mapping.Table + "/stream/" + label
	members["eventSourceARN"], _ = json.Marshal(arn)
	members["awsRegion"], _ = json.Marshal(template.Region)
	event, err := json.Marshal(members)
	if err != nil {
		return record{}, fmt.Errorf("write stream record: %w", err)
	}
	rec := record{event: event}
	if err := json.Unmarshal(event, &rec.fields); err != nil {
		return record{}, fmt.Errorf("read stream record: %w", err)
	}
	change, _ := rec.fields["dynamodb"].(map[string]any)
	rec.sequence, _ = change["SequenceNumber"].(string)
	seconds, _ := change["ApproximateCreationDateTime"].(float64)
	rec.at = time.UnixMilli(int64(seconds * 1000)).UTC()
	return rec, nil
}

func (r *reader) wanted(rec record) bool {
	for _, f := range r.Mapping.Filters {
		if f.Match(rec.fields) {
			return true
		}
	}
	return len(r.Mapping.Filters) == 0
}

// payload is the event that a batch makes.
func payload(batch []record) []byte {
	var b strings.Builder
	b.WriteString(`{"Records":[`)
	for i, rec := range batch {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(rec.event)
	}
	b.WriteString(`]}`)
	return []byte(b.String())
}

// fits says whether a batch is small enough to be an event.
func fits(batch []record) bool { return len(batch) == 1 || len(payload(batch)) <= lambda.MaxPayload }
