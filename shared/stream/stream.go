// Package stream drives a batch of a DynamoDB stream through a function, record
// by record. It knows what a failure means to Lambda, and nothing of what the
// keys mean.
package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"
)

// Each calls f with every record in order and stops at the first that fails.
// Its sequence number is the answer: Lambda then sends that record and all that
// follow it again, and none before. f will see records twice.
func Each(ctx context.Context, ev events.DynamoDBEvent, f func(context.Context, events.DynamoDBEventRecord) error) events.DynamoDBEventResponse {
	for _, rec := range ev.Records {
		if err := f(ctx, rec); err != nil {
			slog.ErrorContext(ctx, "stream record failed", "seq", rec.Change.SequenceNumber, "err", err)
			return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{
				{ItemIdentifier: rec.Change.SequenceNumber},
			}}
		}
	}
	return events.DynamoDBEventResponse{}
}

// ErrUnreadable: a record does not say which item changed.
var ErrUnreadable = errors.New("stream record is not readable")

// Key returns the key of the item that a record tells of, in a table whose keys
// are the strings PK and SK. A record without them wraps [ErrUnreadable].
func Key(rec events.DynamoDBEventRecord) (pk, sk string, err error) {
	p, s := rec.Change.Keys["PK"], rec.Change.Keys["SK"]
	// The accessor panics on any other type.
	if p.DataType() != events.DataTypeString || s.DataType() != events.DataTypeString || p.String() == "" || s.String() == "" {
		return "", "", fmt.Errorf("record %s: %w", rec.Change.SequenceNumber, ErrUnreadable)
	}
	return p.String(), s.String(), nil
}
