package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"ksbb/infra/local/lambda"
)

// deliver does not return before every record of the batch was handled or
// given up, except when ctx ends or the account of a failure cannot be kept.
func (r *reader) deliver(ctx context.Context, batch []record) error {
	pause := 100 * time.Millisecond
	for failures := 0; len(batch) > 0; {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if r.Mapping.MaxAge >= 0 && time.Since(batch[0].at) > time.Duration(r.Mapping.MaxAge)*time.Second {
			if err := r.giveUp(ctx, batch[:1], "RecordAgeExceeded", failures, nil); err != nil {
				return err
			}
			batch, failures = batch[1:], 0
			continue
		}
		if !fits(batch) {
			half := len(batch) / 2
			if err := r.deliver(ctx, batch[:half]); err != nil {
				return err
			}
			batch = batch[half:]
			continue
		}
		handled, err := r.invoke(ctx, batch)
		if ctx.Err() != nil {
			// Stopped in the middle: the next start asks again.
			return ctx.Err()
		}
		if handled > 0 {
			if err := r.mark(batch[handled-1]); err != nil {
				return err
			}
			batch, failures, pause = batch[handled:], 0, 100*time.Millisecond
			continue
		}
		if r.Mapping.Bisect && len(batch) > 1 {
			// As on AWS, splitting does not count as an attempt.
			half := len(batch) / 2
			if err := r.deliver(ctx, batch[:half]); err != nil {
				return err
			}
			batch = batch[half:]
			continue
		}
		failures++
		if r.Mapping.Retries >= 0 && failures > r.Mapping.Retries {
			return r.giveUp(ctx, batch, "RetryAttemptsExhausted", failures, err)
		}
		sleep(ctx, pause)
		pause = min(2*pause, lastPause)
	}
	return nil
}

// errPartial is what a function says that names its first failure.
var errPartial = errors.New("the function reported a failure")

// invoke returns how many records from the front of the batch were handled.
func (r *reader) invoke(ctx context.Context, batch []record) (int, error) {
	answer, err := r.Invoke(ctx, payload(batch))
	if err != nil {
		return 0, err
	}
	if !r.Mapping.Partial {
		return len(batch), nil
	}
	var report struct {
		Failures []struct {
			Item *string `json:"itemIdentifier"`
		} `json:"batchItemFailures"`
	}
	if err := json.Unmarshal(answer, &report); err != nil {
		return 0, fmt.Errorf("read batch item failures: %w", err)
	}
	handled := len(batch)
	for _, f := range report.Failures {
		if f.Item == nil {
			return 0, errPartial
		}
		i := slices.IndexFunc(batch, func(rec record) bool { return sameNumber(rec.sequence, *f.Item) })
		if i < 0 {
			// AWS takes a number it did not send for a failure of everything.
			r.Warn("%s reported sequence number %q, which is not in its batch", r.Function, *f.Item)
			return 0, errPartial
		}
		handled = min(handled, i)
	}
	if handled < len(batch) {
		err = errPartial
	}
	return handled, err
}

func (r *reader) mark(rec record) error {
	r.marks.note(r.shard, rec.sequence)
	return r.marks.save()
}

// giveUp keeps an account of a batch in the form of AWS, and passes over it.
func (r *reader) giveUp(ctx context.Context, batch []record, condition string, attempts int, cause error) error {
	first, last := batch[0], batch[len(batch)-1]
	r.Warn("stream of %s: gave up %d records from %s after %d attempts: %v", r.Mapping.Table, len(batch), first.sequence, attempts, cause)
	if r.Fail != nil {
		now := time.Now().UTC()
		response := map[string]any{"statusCode": 200, "executedVersion": "$LATEST", "functionError": nil}
		var e *lambda.Error
		if errors.As(cause, &e) {
			response["functionError"] = "Unhandled"
		}
		account, err := json.Marshal(map[string]any{
			"requestContext": map[string]any{
				"requestId": uuid.NewString(), "functionArn": r.Function + ":$LATEST",
				"condition": condition, "approximateInvokeCount": attempts,
			},
			"responseContext": response,
			"version":         "1.0",
			"timestamp":       now.Format("2006-01-02T15:04:05.000Z"),
			"DDBStreamBatchInfo": map[string]any{
				"shardId": r.shard, "startSequenceNumber": first.sequence, "endSequenceNumber": last.sequence,
				"approximateArrivalOfFirstRecord": first.at.Format(time.RFC3339),
				"approximateArrivalOfLastRecord":  last.at.Format(time.RFC3339),
				"batchSize":                       len(batch), "streamArn": r.stream,
			},
			"payload": string(payload(batch)),
		})
		if err != nil {
			return fmt.Errorf("write failure account: %w", err)
		}
		key := fmt.Sprintf("aws/lambda/%s/%s/%s-%s", r.Mapping.ID, r.shard, now.Format("2006/01/02/2006-01-02T15.04.05"), uuid.NewString())
		if err := r.Fail(ctx, key, account); err != nil {
			return fmt.Errorf("keep failure account: %w", err)
		}
	}
	return r.mark(last)
}
