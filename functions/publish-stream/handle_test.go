package main

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"ksbb/shared/aid"
	"ksbb/shared/publish"
)

// recorder is a publisher that remembers what it was asked for.
type recorder struct {
	published [][]publish.Mark
	most      int // marks that it publishes at once; 0 for all
	swept     int
	counted   int
	err       error
	report    publish.Report
}

func (r *recorder) Count(context.Context, time.Time) (bool, error) {
	r.counted++
	return true, r.err
}

func (r *recorder) PublishInTurn(_ context.Context, m []publish.Mark, _ time.Time, _ func() bool) (publish.Report, error) {
	r.published = append(r.published, m)
	report := r.report
	report.Done = len(m)
	if r.most > 0 {
		report.Done = min(len(m), r.most)
	}
	return report, r.err
}

func (r *recorder) Sweep(context.Context, publish.Pick, time.Time) (publish.Report, error) {
	r.swept++
	return r.report, r.err
}

var (
	cengkareng = aid.Leaf{Area: "31.73.01", Group: "umum"}
	rw3, rw4   = aid.RecipientID("31.73.01.1006.003"), aid.RecipientID("31.73.01.1006.004")
)

func record(seq, pk, sk string) events.DynamoDBEventRecord {
	return events.DynamoDBEventRecord{Change: events.DynamoDBStreamRecord{
		SequenceNumber: seq,
		Keys:           map[string]events.DynamoDBAttributeValue{"PK": events.NewStringAttribute(pk), "SK": events.NewStringAttribute(sk)},
	}}
}

func serve(t *testing.T, r *recorder, records ...events.DynamoDBEventRecord) events.DynamoDBEventResponse {
	t.Helper()
	s := &server{publisher: r, counter: r, now: func() time.Time { return time.Unix(1_780_000_000, 0) }}
	answer, err := s.handle(t.Context(), events.DynamoDBEvent{Records: records})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestABatchIsOnePublication(t *testing.T) {
	r := &recorder{}
	serve(t, r,
		record("1", "LEAF#31.73.01-umum", string(rw3)+"#A"),
		record("2", "LEAF#31.73.01-umum", string(rw3)+"#N#sembako"),
		record("3", "LEAF#31.73.01-umum", string(rw4)+"#A"),
		record("3", "LEAF#31.73.01-umum", string(rw4)+"#A"), // delivered twice
	)
	if len(r.published) != 1 || r.swept != 0 {
		t.Fatalf("%d publications, %d sweeps; want one publication", len(r.published), r.swept)
	}
	if got, want := r.published[0], []publish.Mark{{Leaf: cengkareng, Recipient: rw3}, {Leaf: cengkareng, Recipient: rw3}, {Leaf: cengkareng, Recipient: rw4}, {Leaf: cengkareng, Recipient: rw4}}; !slices.Equal(got, want) {
		t.Errorf("marks %v; want %v", got, want)
	}
}

// However much there is, each wake goes on where the last one ended.
func TestABatchThatIsTooLongComesAgainFromTheFirstRecordLeft(t *testing.T) {
	r := &recorder{most: 2}
	batch := []events.DynamoDBEventRecord{
		record("1", "LEAF#31.73.01-umum", string(rw3)+"#A"),
		record("2", "CASE#2026-03", "0198c0de-0000-7000-8000-00000000002a"),
		record("3", "LEAF#31.73.01-umum", string(rw3)+"#N#sembako"),
		record("4", "RCPT#"+string(rw3), "C#0198c0de-0000-7000-8000-00000000002a"),
		record("5", "LEAF#31.73.01-umum", string(rw4)+"#A"),
		record("6", "LEAF#31.73.01-umum", string(rw4)+"#N#sembako"),
		record("7", "RCPT#"+string(rw3), "C#0198c0de-0000-7000-8000-00000000002a"),
	}
	var failed []string
	for len(batch) > 0 {
		answer := serve(t, r, batch...)
		if len(answer.BatchItemFailures) == 0 {
			break
		}
		first := answer.BatchItemFailures[0].ItemIdentifier
		failed = append(failed, first)
		batch = batch[slices.IndexFunc(batch, func(r events.DynamoDBEventRecord) bool { return r.Change.SequenceNumber == first }):]
	}
	if !slices.Equal(failed, []string{"5"}) || len(r.published) != 2 {
		t.Errorf("came again from %q in %d publications; want from 5 in two", failed, len(r.published))
	}
}

// Two thirds of a wake are left for what is under way, so that none is cut off.
func TestNothingIsBegunAfterAThirdOfTheTime(t *testing.T) {
	begun := time.Now()
	clock := begun
	s := &server{now: func() time.Time { return clock }}
	ctx, cancel := context.WithDeadline(t.Context(), begun.Add(time.Hour))
	defer cancel()
	more := s.early(ctx, begun)
	for after, want := range map[time.Duration]bool{0: true, 19 * time.Minute: true, 21 * time.Minute: false} {
		if clock = begun.Add(after); more() != want {
			t.Errorf("after %s of an hour: %v", after, !want)
		}
	}
	if clock = begun.Add(2 * time.Hour); !s.early(t.Context(), begun)() {
		t.Error("without a deadline there is no more time")
	}
}

func TestAFailedBatchIsReportedByItsFirstSequenceNumber(t *testing.T) {
	r := &recorder{err: errors.New("bucket is away")}
	answer := serve(t, r, record("41", "LEAF#31.73.01-umum", string(rw3)+"#A"), record("42", "LEAF#31.73.01-umum", string(rw4)+"#A"))
	if len(answer.BatchItemFailures) != 1 || answer.BatchItemFailures[0].ItemIdentifier != "41" {
		t.Errorf("answer %+v; want the sequence number 41", answer)
	}
}

// A submission changes the recipient's own partition alone and is not public.
func TestASubmissionPublishesNothing(t *testing.T) {
	r := &recorder{}
	answer := serve(t, r, record("7", "RCPT#"+string(rw3), "C#0198c0de-0000-7000-8000-00000000002a"))
	if len(answer.BatchItemFailures)+len(r.published)+r.swept != 0 {
		t.Errorf("answer %+v, %d publications, %d sweeps", answer, len(r.published), r.swept)
	}
}

// A record that nobody can read may stand for any change: everything is looked
// at, and the batch is done.
func TestAnUnreadableRecordMeansLookAtEverything(t *testing.T) {
	for name, bad := range map[string]events.DynamoDBEventRecord{
		"unknown prefix": record("8", "WHAT#1", "X"),
		"broken leaf":    record("8", "LEAF#nowhere", "X"),
		"no keys":        {Change: events.DynamoDBStreamRecord{SequenceNumber: "8"}},
		"number as key": {Change: events.DynamoDBStreamRecord{SequenceNumber: "8", Keys: map[string]events.DynamoDBAttributeValue{
			"PK": events.NewNumberAttribute("1"), "SK": events.NewStringAttribute("X")}}},
	} {
		r := &recorder{}
		answer := serve(t, r, record("7", "LEAF#31.73.01-umum", string(rw3)+"#A"), bad)
		if r.swept != 1 || len(answer.BatchItemFailures) != 0 {
			t.Errorf("%s: %d sweeps, answer %+v", name, r.swept, answer)
		}
	}
}

func TestAnEmptyBatchDoesNothing(t *testing.T) {
	r := &recorder{}
	serve(t, r)
	if len(r.published)+r.swept != 0 {
		t.Error("something was published for no record")
	}
}

func TestComplaintsAreCountedOnceForABatchAndTouchNoMap(t *testing.T) {
	r := &recorder{}
	serve(t, r, record("1", "CASE#2026-03", "0198c0de-0000-7000-8000-00000000002a"), record("2", "CASE#2026-04", "0198c0de-0000-7000-8000-00000000002b"))
	if r.counted != 1 || len(r.published) != 0 || r.swept != 0 {
		t.Errorf("counted %d times, published %d, swept %d", r.counted, len(r.published), r.swept)
	}
	r = &recorder{}
	serve(t, r, record("1", "LEAF#31.73.01-umum", string(rw3)+"#A"))
	if r.counted != 0 || len(r.published) != 1 {
		t.Errorf("a promise: counted %d times, published %d", r.counted, len(r.published))
	}
	r = &recorder{}
	serve(t, r, record("1", "CASE#2026-03", "0198c0de-0000-7000-8000-00000000002a"), record("2", "LEAF#31.73.01-umum", string(rw3)+"#A"))
	if r.counted != 1 || len(r.published) != 1 {
		t.Errorf("both: counted %d times, published %d", r.counted, len(r.published))
	}
}

func TestABatchWhoseComplaintsCouldNotBeCountedComesAgain(t *testing.T) {
	r := &recorder{err: errors.New("access denied")}
	answer := serve(t, r, record("7", "CASE#2026-03", "0198c0de-0000-7000-8000-00000000002a"))
	if len(answer.BatchItemFailures) != 1 || answer.BatchItemFailures[0].ItemIdentifier != "7" {
		t.Errorf("answered %+v", answer)
	}
}
