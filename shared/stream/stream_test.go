package stream

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/aws/aws-lambda-go/events"
)

// batch is read from JSON, as Lambda hands it over.
func batch(t *testing.T, text string) events.DynamoDBEvent {
	t.Helper()
	var ev events.DynamoDBEvent
	if err := json.Unmarshal([]byte(text), &ev); err != nil {
		t.Fatal(err)
	}
	return ev
}

func TestFirstFailureStopsTheBatchAndIsNamedBySequence(t *testing.T) {
	ev := batch(t, `{"Records":[
		{"eventID":"a","dynamodb":{"SequenceNumber":"100"}},
		{"eventID":"b","dynamodb":{"SequenceNumber":"101"}},
		{"eventID":"c","dynamodb":{"SequenceNumber":"102"}}]}`)
	for _, test := range []struct {
		fails      string
		seen, want []string
	}{
		{"", []string{"100", "101", "102"}, nil},
		{"101", []string{"100", "101"}, []string{"101"}},
		{"100", []string{"100"}, []string{"100"}},
	} {
		var seen []string
		answer := Each(t.Context(), ev, func(_ context.Context, rec events.DynamoDBEventRecord) error {
			seen = append(seen, rec.Change.SequenceNumber)
			if rec.Change.SequenceNumber == test.fails {
				return errors.New("no")
			}
			return nil
		})
		var failed []string
		for _, f := range answer.BatchItemFailures {
			failed = append(failed, f.ItemIdentifier)
		}
		if !slices.Equal(seen, test.seen) || !slices.Equal(failed, test.want) {
			t.Errorf("when %q fails: saw %v, reported %v; want %v and %v", test.fails, seen, failed, test.seen, test.want)
		}
	}
}

func TestNoFailureReadsAsNoneInJSON(t *testing.T) {
	text, err := json.Marshal(Each(t.Context(), events.DynamoDBEvent{}, nil))
	if err != nil || string(text) != `{"batchItemFailures":null}` {
		t.Errorf("got %s, %v", text, err)
	}
}

func TestKeyIsReadOrRefused(t *testing.T) {
	ev := batch(t, `{"Records":[
		{"dynamodb":{"Keys":{"PK":{"S":"OUT#1"},"SK":{"S":"2#code"}}}},
		{"dynamodb":{"Keys":{"PK":{"N":"1"},"SK":{"S":"2#code"}}}},
		{"dynamodb":{"Keys":{"PK":{"S":"OUT#1"}}}},
		{"dynamodb":{"Keys":{"PK":{"S":""},"SK":{"S":"x"}}}},
		{"dynamodb":{}},
		{}]}`)
	for i, rec := range ev.Records {
		pk, sk, err := Key(rec)
		if i == 0 && (pk != "OUT#1" || sk != "2#code" || err != nil) {
			t.Errorf("Key = %q, %q, %v", pk, sk, err)
		}
		if i > 0 && !errors.Is(err, ErrUnreadable) {
			t.Errorf("record %d: Key = %q, %q, %v; want it unreadable", i, pk, sk, err)
		}
	}
}

func FuzzKey(f *testing.F) {
	f.Add([]byte(`{"dynamodb":{"Keys":{"PK":{"S":"OUT#1"},"SK":{"S":"2#code"}}}}`))
	f.Add([]byte(`{"dynamodb":{"Keys":{"PK":{"M":{}},"SK":{"L":[]}}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var rec events.DynamoDBEventRecord
		if json.Unmarshal(text, &rec) != nil {
			return
		}
		if pk, sk, err := Key(rec); (err == nil) != (pk != "" && sk != "") {
			t.Errorf("Key = %q, %q, %v", pk, sk, err)
		}
	})
}
