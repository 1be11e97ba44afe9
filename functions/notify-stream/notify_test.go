package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"ksbb/shared/aid"
	"ksbb/shared/mail"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

const (
	padukuhan = aid.RecipientID("34.71.01.1001.001")
	promise   = aid.CommitmentID("0198c0de-0000-7000-8000-00000000002a")
)

// bag keeps what was sent, and fails while it is told to.
type bag struct {
	letters []mail.Message
	err     error
}

func (b *bag) Send(_ context.Context, m mail.Message) error {
	if b.err != nil {
		return b.err
	}
	b.letters = append(b.letters, m)
	return nil
}

// world is an outbox with one submission in it, at noon in its own time zone.
type world struct {
	*server
	store tabletest.Store
	bag   *bag
	now   time.Time
	c     aid.Commitment
}

func newWorld(t *testing.T, store tabletest.Store) *world {
	t.Helper()
	w := &world{store: store, bag: &bag{}, now: time.Date(2025, 9, 10, 4, 0, 0, 0, time.UTC)}
	w.server = &server{outbox: store, post: w.bag, pack: regiontest.Tiny(t), site: "https://ksbb.example", now: func() time.Time { return w.now }}
	need := aid.NeedOf(padukuhan, "galon")
	if err := store.Load(t.Context(), []aid.Listing{{
		Recipient: aid.Recipient{ID: padukuhan, Name: "Padukuhan 001 Pasir", Kind: "padukuhan", Area: "34.71.01.1001.001", Point: aid.Point{Lng: 110.36, Lat: -7.785}},
		Needs:     []aid.Need{{ID: need, Recipient: padukuhan, Program: "air-bersih", Package: "galon", Needed: 100}},
	}}, w.pack.Catalogue()); err != nil {
		t.Fatal(err)
	}
	w.c = aid.Commitment{
		ID: promise, Recipient: padukuhan, Leaf: aid.Leaf{Area: "34.71.01", Group: "warga"}, Program: "air-bersih",
		Lines:  []aid.Line{{Need: need, Package: "galon", Quantity: 20, Unit: "galon", Equivalent: "penyaring"}, {Free: "terpal", Unit: "lembar", Quantity: 2}},
		Period: aid.Period{From: "2025-09-11", To: "2025-09-20"}, Route: aid.Direct, Class: aid.Individual, Collaborator: "k",
		State: aid.Submitted, Version: 1, SubmittedAt: w.now, VerifyBy: w.now.Add(12 * time.Hour),
	}
	if _, _, err := store.Submit(t.Context(), table.Submission{
		Commitment: w.c,
		Credential: aid.Credential{
			Commitment: promise, Recipient: padukuhan, Contact: aid.Contact{Name: "Kenari Contoh", Email: "kenari@contoh.invalid", Phone: "+6281200000000"},
			Language: "id", SecretVersion: 1, SecretHash: aid.Hash("x"), CodeHash: aid.Hash("y"),
		},
		Fingerprint: "f", ChallengeID: "p", ChallengeExpires: w.now.Add(time.Minute),
	}); err != nil {
		t.Fatal(err)
	}
	return w
}

func eachStore(t *testing.T, story func(*testing.T, *world)) {
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		story(t, newWorld(t, table.NewMemory()))
	})
	t.Run("engine", func(t *testing.T) {
		t.Parallel()
		db := tabletest.Engine(t)
		ledger, private := tabletest.Tables(t, db)
		story(t, newWorld(t, table.New(db, ledger, private)))
	})
}

func (w *world) pledge(t *testing.T) {
	t.Helper()
	after, err := w.c.Verified(w.now, w.pack.Catalogue())
	if err == nil {
		err = tabletest.Pledge(t.Context(), w.store, w.c, after, w.now)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.c = after
}

func (w *world) withdraw(t *testing.T) {
	t.Helper()
	after, err := w.c.WithdrawnFor("other", aid.Collaborator, w.now, w.pack.Catalogue())
	if err == nil {
		err = tabletest.Withdraw(t.Context(), w.store, w.c, after, w.now)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.c = after
}

func (w *world) letter(version int64, kind aid.LetterKind) events.DynamoDBEventRecord {
	k := table.LetterKeyOf(promise, version, kind)
	return record(k.PK, k.SK)
}

func record(pk, sk string) events.DynamoDBEventRecord {
	return events.DynamoDBEventRecord{EventName: "INSERT", Change: events.DynamoDBStreamRecord{
		SequenceNumber: pk + sk,
		Keys:           map[string]events.DynamoDBAttributeValue{"PK": events.NewStringAttribute(pk), "SK": events.NewStringAttribute(sk)},
	}}
}

// stream plays records and returns the sequence number that failed.
func (w *world) stream(t *testing.T, records ...events.DynamoDBEventRecord) string {
	t.Helper()
	answer, err := w.handle(t.Context(), events.DynamoDBEvent{Records: records})
	if err != nil {
		t.Fatalf("the function failed as a whole: %v", err)
	}
	if len(answer.BatchItemFailures) == 0 {
		return ""
	}
	return answer.BatchItemFailures[0].ItemIdentifier
}

func TestLettersFollowACommitmentThroughItsLife(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, w *world) {
		key, err := w.store.Key(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		secret, err := aid.Secret(key, promise, 1)
		if err != nil {
			t.Fatal(err)
		}
		if failed := w.stream(t, w.letter(1, aid.LetterCode)); failed != "" {
			t.Fatalf("%s failed", failed)
		}
		w.pledge(t)
		w.stream(t, w.letter(2, aid.LetterPledged))
		w.withdraw(t)
		w.stream(t, w.letter(3, aid.LetterWithdrawn))
		if len(w.bag.letters) != 3 {
			t.Fatalf("sent %+v; want three letters", w.bag.letters)
		}
		for i, want := range [][]string{
			{aid.Code(key, promise), "Padukuhan 001 Pasir (Pasir, Kota Karang)", "20 Galon", "Kamis, 11 September 2025 pukul 00.00 WITA"},
			{"Halo Kenari Contoh", "https://ksbb.example/k/#" + secret, "(diganti: penyaring)", "2 lembar terpal", "11 September 2025 pukul 12.00 WITA"},
			{"dibatalkan pada Rabu, 10 September 2025 pukul 12.00 WITA"},
		} {
			for _, words := range want {
				if !strings.Contains(w.bag.letters[i].Text, words) || w.bag.letters[i].To != "kenari@contoh.invalid" {
					t.Errorf("letter %d to %s lacks %q:\n%s", i, w.bag.letters[i].To, words, w.bag.letters[i].Text)
				}
			}
		}
	})
}

func TestWokenTwiceSendsOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, w *world) {
		r := w.letter(1, aid.LetterCode)
		w.stream(t, r, r)
		marked := r
		marked.EventName = "MODIFY" // marking it is a change of its own
		w.stream(t, marked)
		w.stream(t, r)
		if len(w.bag.letters) != 1 {
			t.Errorf("sent %d letters; want one", len(w.bag.letters))
		}
	})
}

func TestLetterThatCannotBeSentIsTriedAgainFromThere(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, w *world) {
		w.pledge(t)
		r := w.letter(2, aid.LetterPledged)
		w.bag.err = errors.New("throttled")
		if failed := w.stream(t, record("X", "Y"), r, r); failed != r.Change.SequenceNumber {
			t.Errorf("failed %q; want %q", failed, r.Change.SequenceNumber)
		}
		w.bag.err = nil
		if failed := w.stream(t, r, r); failed != "" || len(w.bag.letters) != 1 {
			t.Errorf("failed %q, sent %d; want the letter once", failed, len(w.bag.letters))
		}
	})
}

func TestLetterNobodyWaitsForIsNotSent(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		happens func(*testing.T, *world)
		letter  func(*world) events.DynamoDBEventRecord
	}{
		"code after the channel was proven": {func(t *testing.T, w *world) { w.pledge(t) }, func(w *world) events.DynamoDBEventRecord { return w.letter(1, aid.LetterCode) }},
		"code after its hours":              {func(_ *testing.T, w *world) { w.now = w.c.VerifyBy }, func(w *world) events.DynamoDBEventRecord { return w.letter(1, aid.LetterCode) }},
		"link after the withdrawal":         {func(t *testing.T, w *world) { w.pledge(t); w.withdraw(t) }, func(w *world) events.DynamoDBEventRecord { return w.letter(2, aid.LetterPledged) }},
		"letter that is gone":               {func(*testing.T, *world) {}, func(w *world) events.DynamoDBEventRecord { return w.letter(9, aid.LetterCode) }},
		"removed record": {func(*testing.T, *world) {}, func(w *world) events.DynamoDBEventRecord {
			r := w.letter(1, aid.LetterCode)
			r.EventName = "REMOVE"
			return r
		}},
		"key of something else": {func(*testing.T, *world) {}, func(*world) events.DynamoDBEventRecord { return record("LEAF#34.71.01-warga", "A") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachStore(t, func(t *testing.T, w *world) {
				test.happens(t, w)
				if failed := w.stream(t, test.letter(w)); failed != "" || len(w.bag.letters) != 0 {
					t.Errorf("failed %q, sent %d; want neither", failed, len(w.bag.letters))
				}
			})
		})
	}
}

// troubled is an outbox that fails where a test says so.
type troubled struct {
	outbox
	mark, read, credential error
}

func (o troubled) MarkSent(ctx context.Context, k table.LetterKey, at time.Time) error {
	if o.mark != nil {
		return o.mark
	}
	return o.outbox.MarkSent(ctx, k, at)
}

func (o troubled) Letter(ctx context.Context, k table.LetterKey) (aid.Letter, error) {
	if o.read != nil {
		return aid.Letter{}, o.read
	}
	return o.outbox.Letter(ctx, k)
}

func (o troubled) Credential(ctx context.Context, id aid.CommitmentID) (aid.Credential, error) {
	if o.credential != nil {
		return aid.Credential{}, o.credential
	}
	return o.outbox.Credential(ctx, id)
}

func TestTroubleOfTheStore(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		trouble      troubled
		fails        bool
		letters      int
		lettersAfter int // when the record comes again and all is well
	}{
		"letter not readable":   {troubled{read: aid.ErrBusy}, true, 0, 1},
		"person not readable":   {troubled{credential: fmt.Errorf("read: %w", aid.ErrBusy)}, true, 0, 1},
		"person erased":         {troubled{credential: fmt.Errorf("read: %w", aid.ErrNotFound)}, false, 0, 1},
		"sent and not marked":   {troubled{mark: aid.ErrBusy}, false, 1, 2},
		"nothing wrong with it": {troubled{}, false, 1, 1},
	} {
		w := newWorld(t, table.NewMemory())
		r := w.letter(1, aid.LetterCode)
		test.trouble.outbox = w.store
		w.server.outbox = test.trouble
		if failed := w.stream(t, r); (failed != "") != test.fails || len(w.bag.letters) != test.letters {
			t.Errorf("%s: failed %q, sent %d; want failure %v and %d letters", name, failed, len(w.bag.letters), test.fails, test.letters)
		}
		w.server.outbox = w.store
		if w.stream(t, r); len(w.bag.letters) != test.lettersAfter {
			t.Errorf("%s: sent %d after it came again; want %d", name, len(w.bag.letters), test.lettersAfter)
		}
	}
}

func TestUnreadableRecordIsReported(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	broken := events.DynamoDBEventRecord{EventName: "INSERT", Change: events.DynamoDBStreamRecord{SequenceNumber: "7"}}
	if failed := w.stream(t, broken, w.letter(1, aid.LetterCode)); failed != "7" || len(w.bag.letters) != 0 {
		t.Errorf("failed %q, sent %d; want the unreadable record reported first", failed, len(w.bag.letters))
	}
}

// The log is one for the process, so this test is not parallel.
func TestLogHoldsNothingPrivate(t *testing.T) {
	var lines bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })
	w := newWorld(t, table.NewMemory())
	w.bag.err = errors.New("no")
	w.stream(t, w.letter(1, aid.LetterCode))
	w.bag.err = nil
	w.stream(t, w.letter(1, aid.LetterCode))
	foreign := record("OUT#kenari@contoh.invalid", "x")
	foreign.Change.SequenceNumber = "8"
	w.stream(t, foreign)
	key, err := w.store.Key(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if lines.Len() == 0 {
		t.Error("nothing was logged")
	}
	for _, canary := range []string{"enari", "+6281200000000", aid.Code(key, promise), "/k/#"} {
		if strings.Contains(lines.String(), canary) {
			t.Errorf("the log holds %q:\n%s", canary, &lines)
		}
	}
}
