package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"ksbb/shared/aid"
	"ksbb/shared/catalogue"
	"ksbb/shared/mail"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/table"
	"ksbb/shared/table/tabletest"
)

const (
	padukuhan = aid.RecipientID("34.71.01.1001.001")
	promise   = aid.CommitmentID("0198c0de-0000-7000-8000-00000000002a")
)

// sent is a letter with its reader's address.
type sent struct {
	To string
	mail.Message
}

// bag keeps what was sent, and fails while it is told to: before it takes a
// letter, or after.
type bag struct {
	letters []sent
	err     error
	late    error
}

func (b *bag) Reaches(to aid.Contact) bool { return to.Email != "" }

func (b *bag) Carry(_ context.Context, to aid.Contact, m mail.Message) error {
	if b.err != nil {
		return b.err
	}
	b.letters = append(b.letters, sent{to.Email, m})
	return b.late
}

// last returns the newest letter and fails when it is not for whom it should be.
func (b *bag) last(t *testing.T, to string) mail.Message {
	t.Helper()
	if len(b.letters) == 0 || b.letters[len(b.letters)-1].To != to {
		t.Fatalf("letters %+v; want the last one to %s", b.letters, to)
	}
	return b.letters[len(b.letters)-1].Message
}

const (
	giverMail   = "kenari@contoh.invalid"
	stewardMail = "pj@contoh.invalid"
	officeMail  = "kantor@contoh.invalid"

	giverPhone   = "+6281200000000"
	stewardPhone = "+6281200000111"
)

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
	pack, clock := regiontest.Tiny(t), func() time.Time { return w.now }
	w.server = &server{
		outbox: store, couriers: []courier{w.bag}, pack: pack, region: catalogue.New(pack, store, clock), office: aid.Contact{Email: officeMail},
		site: "https://ksbb.example", now: clock,
	}
	need := aid.NeedOf(padukuhan, "galon")
	if err := store.Load(t.Context(), []aid.Listing{{
		Recipient: aid.Recipient{ID: padukuhan, Name: "Padukuhan 001 Pasir", Kind: "padukuhan", Area: "34.71.01.1001.001", Point: aid.Point{Lng: 110.36, Lat: -7.785}},
		Needs:     []aid.Need{{ID: need, Recipient: padukuhan, Program: "air-bersih", Package: "galon", Needed: 100}},
		Steward:   aid.Contact{Name: "Pak Melati", Email: stewardMail, Phone: stewardPhone},
	}}, w.pack.Catalogue(), w.now); err != nil {
		t.Fatal(err)
	}
	w.c = w.submission(promise)
	w.submit(t, w.c)
	return w
}

func (w *world) submission(id aid.CommitmentID) aid.Commitment {
	return aid.Commitment{
		ID: id, Recipient: padukuhan, Leaf: aid.Leaf{Area: "34.71.01", Group: "warga"}, Program: "air-bersih",
		Lines:  []aid.Line{{Need: aid.NeedOf(padukuhan, "galon"), Package: "galon", Quantity: 20, Unit: "galon", Equivalent: "penyaring"}, {Free: "terpal", Unit: "lembar", Quantity: 2}},
		Period: aid.Period{From: "2025-09-11", To: "2025-09-20"}, Route: aid.Direct, Class: aid.Individual, Collaborator: "k",
		State: aid.Submitted, Version: 1, SubmittedAt: w.now, VerifyBy: w.now.Add(12 * time.Hour),
	}
}

func (w *world) submit(t *testing.T, c aid.Commitment) {
	t.Helper()
	if _, _, err := w.store.Submit(t.Context(), table.Submission{
		Commitment: c,
		Credential: aid.Credential{
			Commitment: c.ID, Recipient: padukuhan, Contact: aid.Contact{Name: "Kenari Contoh", Email: giverMail, Phone: giverPhone},
			Language: "id", SecretVersion: 1, SecretHash: aid.Hash("x"), CodeHash: aid.Hash("y"),
		},
		Fingerprint: "f", ChallengeID: string(c.ID), ChallengeExpires: w.now.Add(time.Minute),
	}); err != nil {
		t.Fatal(err)
	}
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

// moved stores what a rule of package aid made of the commitment.
func (w *world) moved(t *testing.T, m aid.Move, letters ...aid.LetterKind) func(aid.Commitment, error) {
	t.Helper()
	return func(after aid.Commitment, err error) {
		t.Helper()
		if err == nil {
			err = w.store.Move(t.Context(), table.Change{Move: m, Before: w.c, After: after, At: w.now, Letters: letters, SignedBy: "Kenari"})
		}
		if err != nil {
			t.Fatalf("%s: %v", m, err)
		}
		w.c = after
	}
}

func (w *world) pledge(t *testing.T) {
	t.Helper()
	w.moved(t, aid.Verify, aid.LetterPledged, aid.LetterStewardPledged)(w.c.Verified(w.now, w.pack.Catalogue()))
}

func (w *world) withdraw(t *testing.T) {
	t.Helper()
	w.moved(t, aid.Withdraw, aid.LetterWithdrawn, aid.LetterStewardWithdrawn)(w.c.WithdrawnFor("other", aid.Collaborator, w.now, w.pack.Catalogue()))
}

func (w *world) speak(t *testing.T) {
	t.Helper()
	w.moved(t, aid.Speak)(w.c.Spoken(aid.Steward, w.now, w.pack.Catalogue()))
}

func (w *world) sign(t *testing.T) {
	t.Helper()
	w.moved(t, aid.Sign, aid.LetterSigned)(w.c.SignedAs("sha256-0", w.now, w.pack.Catalogue()))
}

func (w *world) report(t *testing.T, id aid.DeliveryID, quantities ...int64) {
	t.Helper()
	r := aid.DeliveryReport{ID: id, On: aid.DayOf(w.now, w.pack.Zone), Quantities: quantities}
	w.moved(t, aid.Report, aid.LetterStewardReported)(w.c.Reported(r, w.now, w.pack.Catalogue()))
}

func (w *world) answer(t *testing.T, id aid.DeliveryID, via aid.Via, a aid.Answer, quantities ...int64) {
	t.Helper()
	letters := []aid.LetterKind{aid.LetterReceived}
	if a != aid.Full {
		letters = []aid.LetterKind{aid.LetterDisputed, aid.LetterOfficeDispute}
	}
	if via == aid.ViaBAST || via == aid.ViaHandover {
		letters = append(letters, aid.LetterStewardReceipt)
	}
	r := aid.ReceiptAnswer{Delivery: id, Answer: a, Quantities: quantities, Via: via}
	w.moved(t, aid.Receive, letters...)(w.c.ReceivedAs(r, w.now, w.pack.Catalogue()))
}

// elapse lets time pass until an instant, as the clock does, and returns the
// letters of the last step.
func (w *world) elapse(t *testing.T, until time.Time) []aid.LetterKind {
	t.Helper()
	w.now = until
	var last []aid.LetterKind
	for {
		after, m, letters, ok := w.c.Elapsed(until, w.pack.Catalogue())
		if !ok {
			return last
		}
		w.moved(t, m, letters...)(after, nil)
		last = letters
	}
}

// letter is the record of a letter that the move to the present version sent.
func (w *world) letter(kind aid.LetterKind) events.DynamoDBEventRecord {
	return letterOf(w.c, w.c.Version, kind)
}

func letterOf(c aid.Commitment, version int64, kind aid.LetterKind) events.DynamoDBEventRecord {
	k := table.LetterKeyOf(c.ID, version, kind)
	return record(k.PK, k.SK)
}

// post puts a letter into the outbox that no move sends.
func (w *world) post(t *testing.T, kind aid.LetterKind) events.DynamoDBEventRecord {
	t.Helper()
	const serial = 1000
	if err := w.store.Post(t.Context(), w.c, kind, serial, w.now); err != nil {
		t.Fatal(err)
	}
	return letterOf(w.c, serial, kind)
}

// done tells whether a letter waits no more.
func (w *world) done(t *testing.T, r events.DynamoDBEventRecord) bool {
	t.Helper()
	l, err := w.store.Letter(t.Context(), table.LetterKey{PK: r.Change.Keys["PK"].String(), SK: r.Change.Keys["SK"].String()})
	if err != nil {
		t.Fatal(err)
	}
	return !l.SentAt.IsZero()
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
		own, stewards, public := "https://ksbb.example/k/#"+secret, "https://ksbb.example/pj/#"+aid.StewardSecret(key, padukuhan, 1), "https://ksbb.example/lokasi/"+string(padukuhan)+"/"
		// told plays a letter and checks whom it reached and what it says.
		told := func(r events.DynamoDBEventRecord, to string, words ...string) {
			t.Helper()
			before := len(w.bag.letters)
			if failed := w.stream(t, r); failed != "" || len(w.bag.letters) != before+1 {
				t.Fatalf("%s: failed %q, sent %d letters; want one", r.Change.SequenceNumber, failed, len(w.bag.letters)-before)
			}
			m := w.bag.last(t, to)
			for _, word := range words {
				if !strings.Contains(m.Text, word) {
					t.Errorf("%q to %s lacks %q:\n%s", m.Subject, to, word, m.Text)
				}
			}
		}
		told(letterOf(w.c, 1, aid.LetterCode), giverMail, aid.Code(key, promise), "Padukuhan 001 Pasir (Pasir, Kota Karang)", "20 Galon", "Kamis, 11 September 2025 pukul 00.00 WITA")
		w.pledge(t)
		told(w.letter(aid.LetterPledged), giverMail, "Halo Kenari Contoh", own, "(diganti: penyaring)", "2 lembar terpal", "11 September 2025 pukul 12.00 WITA")
		told(w.letter(aid.LetterStewardPledged), stewardMail, "Yth. Pak Melati", stewards, "Kenari Contoh", "0812-0000-0000", giverMail, "20 Galon", "diantar langsung")

		w.elapse(t, w.c.PledgedAt.Add(12*time.Hour))
		told(w.letter(aid.LetterNudge), giverMail, own, "11 September 2025 pukul 12.00 WITA", "Matikan pengingat")
		told(w.post(t, aid.LetterStewardCall), stewardMail, stewards, "0812-0000-0000", "mohon Anda yang menghubungi")
		w.elapse(t, w.c.PledgedAt.Add(20*time.Hour))
		told(w.letter(aid.LetterLastNudge), giverMail, own)

		w.speak(t)
		w.sign(t)
		told(w.letter(aid.LetterSigned), giverMail, own, "Sepakati hari antarnya")
		w.elapse(t, time.Date(2025, 9, 21, 1, 0, 0, 0, time.UTC))
		told(w.letter(aid.LetterReportDue), giverMail, own, "20 September 2025", "20 Galon")
		w.elapse(t, time.Date(2025, 9, 27, 3, 0, 0, 0, time.UTC))
		told(w.letter(aid.LetterOverdue), giverMail, own, "20 September 2025")
		told(w.letter(aid.LetterOfficeOverdue), officeMail, public, "20 September 2025", "masih ditahan")

		w.report(t, "d1", 20, 0)
		told(w.letter(aid.LetterStewardReported), stewardMail, stewards, "Kenari Contoh", "BAST-0000-001A-1", "20 Galon", "27 September 2025")
		w.elapse(t, w.now.AddDate(0, 0, aid.AnswerDays))
		told(w.letter(aid.LetterAnswerDue), stewardMail, stewards, "BAST-0000-001A-1", "20 Galon")

		w.answer(t, "d1", aid.ViaBAST, aid.Fewer, 15, 0)
		told(w.letter(aid.LetterDisputed), giverMail, own, "20 Galon", "15 Galon", "lebih rendah", "kode yang tercetak pada lembar BAST")
		told(w.letter(aid.LetterOfficeDispute), officeMail, public, "20 Galon", "15 Galon", "BAST-0000-001A-1")
		told(w.letter(aid.LetterStewardReceipt), stewardMail, stewards, "15 Galon", "atas nama Anda")
		w.now = w.now.Add(time.Hour)
		w.moved(t, aid.Settle, aid.LetterReceived)(w.c.SettledAs("d1", nil, aid.Collaborator, w.now, w.pack.Catalogue()))
		told(w.letter(aid.LetterReceived), giverMail, own, "15 Galon", "sudah selesai", "5 Galon", "2 lembar terpal")

		w.now = w.now.Add(time.Hour)
		w.report(t, "d2", 5, 0)
		w.now = w.now.Add(time.Hour)
		w.answer(t, "d2", aid.ViaSteward, aid.Full)
		told(w.letter(aid.LetterReceived), giverMail, own, "menyatakan telah menerima", "5 Galon", "masih ditunggu")
		w.moved(t, aid.Release, aid.LetterWithdrawn, aid.LetterStewardWithdrawn)(w.c.WithdrawnFor("other", aid.Collaborator, w.now, w.pack.Catalogue()))
		told(w.letter(aid.LetterWithdrawn), giverMail, own, "sisa komitmen")
		told(w.letter(aid.LetterStewardWithdrawn), stewardMail, stewards, "tidak jadi diantar")
		told(w.post(t, aid.LetterLink), giverMail, own)

		for _, l := range w.bag.letters {
			all := l.Subject + l.Text + l.HTML
			for _, c := range []struct{ canary, only string }{
				{stewardPhone, ""}, {"0812-0000-0111", ""}, {stewardMail, ""}, {"/k/#", giverMail}, {"/pj/#", stewardMail},
				{giverPhone, ""}, {"0812-0000-0000", stewardMail}, {giverMail, stewardMail}, {"Kenari", giverMail + stewardMail}, {"terpal", giverMail + stewardMail},
			} {
				if strings.Contains(all, c.canary) && !strings.Contains(c.only, l.To) {
					t.Errorf("%q to %s holds %q", l.Subject, l.To, c.canary)
				}
			}
		}
		looks, err := w.store.LooksAtCollaborator(t.Context(), promise)
		if err != nil {
			t.Fatal(err)
		}
		if len(looks) != 2 || looks[0].By != aid.Steward || !looks[0].At.Equal(w.c.PledgedAt) {
			t.Errorf("the steward was told the giver's contact: %+v; want both times on record", looks)
		}
	})
}

func TestLapseIsToldToBothSides(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, w *world) {
		w.pledge(t)
		w.elapse(t, w.c.ContactBy)
		w.stream(t, w.letter(aid.LetterLapsed))
		if m := w.bag.last(t, giverMail); !strings.Contains(m.Text, "dibuka lagi untuk orang lain") {
			t.Error(m.Text)
		}
		w.stream(t, w.letter(aid.LetterStewardLapsed))
		if m := w.bag.last(t, stewardMail); !strings.Contains(m.Text, "terlihat lagi di peta") {
			t.Error(m.Text)
		}
	})
}

func TestOfficeIsToldOfASilentStewardUntilSomebodyIsAnswered(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, w *world) {
		w.pledge(t)
		w.moved(t, aid.Silent)(w.c.Unanswered(w.now, w.pack.Catalogue()))
		first := w.c
		w.c = w.submission("0198c0de-0000-7000-8000-00000000002b")
		w.c.Collaborator = "l"
		w.submit(t, w.c)
		w.pledge(t)
		w.moved(t, aid.Silent, aid.LetterOfficeSilent)(w.c.Unanswered(w.now, w.pack.Catalogue()))
		second := w.letter(aid.LetterOfficeSilent)
		w.stream(t, second)
		if m := w.bag.last(t, officeMail); !strings.Contains(m.Text, "Padukuhan 001 Pasir") || !strings.Contains(m.Text, "/lokasi/"+string(padukuhan)+"/") {
			t.Error(m.Text)
		}
		late := w.post(t, aid.LetterOfficeSilent)
		w.c = first
		w.now = w.now.Add(time.Minute)
		w.speak(t)
		if failed := w.stream(t, late); failed != "" || len(w.bag.letters) != 1 {
			t.Errorf("failed %q, sent %d; want no second word once somebody was answered", failed, len(w.bag.letters))
		}
	})
}

func TestEndedPermitIsExplained(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	carried := w.submission("0198c0de-0000-7000-8000-00000000002c")
	carried.Route, carried.Aggregator = aid.Aggregate, "sukarelawan"
	w.c = carried
	w.submit(t, w.c)
	w.pledge(t)
	w.stream(t, w.letter(aid.LetterStewardPledged))
	if m := w.bag.last(t, stewardMail); !strings.Contains(m.Text, "lewat mitra penyalur Sukarelawan Contoh") {
		t.Error(m.Text)
	}
	r := w.post(t, aid.LetterPermit)
	w.stream(t, r)
	if len(w.bag.letters) != 1 {
		t.Error("a permit that is valid is said to have ended")
	}
	carrier := w.pack.Catalogue().Aggregators["sukarelawan"]
	carrier.Permit.Until = "2025-09-09"
	w.pack.Catalogue().Aggregators["sukarelawan"] = carrier
	w.stream(t, r)
	if m := w.bag.last(t, giverMail); !strings.Contains(m.Text, "berlaku sampai Selasa, 9 September 2025") || !strings.Contains(m.Text, "Mengantar sendiri") {
		t.Error(m.Text)
	}
}

// The public name and the fact that it was taken back outlive the giver's data;
// what tells their contact does not.
func TestForgottenGiverIsNotWrittenToAndNotTold(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, w *world) {
		w.pledge(t)
		pledged, call := w.letter(aid.LetterStewardPledged), w.post(t, aid.LetterStewardCall)
		w.withdraw(t)
		withdrawn, told := w.letter(aid.LetterWithdrawn), w.letter(aid.LetterStewardWithdrawn)
		w.moved(t, aid.Forget)(w.c.Forgotten(aid.Collaborator, w.now, w.pack.Catalogue()))
		w.stream(t, pledged, call, withdrawn, w.post(t, aid.LetterLink))
		if len(w.bag.letters) != 0 {
			t.Fatalf("sent %+v", w.bag.letters)
		}
		w.stream(t, told)
		if m := w.bag.last(t, stewardMail); !strings.Contains(m.Text, aid.HambaAllah) || strings.Contains(m.Text, "Kenari") {
			t.Error(m.Text)
		}
	})
}

func TestForgottenGiverOfADeliveryStillHasItAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	w.pledge(t)
	w.sign(t)
	w.report(t, "d1", 20, 2)
	reported := w.letter(aid.LetterStewardReported)
	w.moved(t, aid.Forget)(w.c.Forgotten(aid.Collaborator, w.now, w.pack.Catalogue()))
	w.stream(t, reported)
	if m := w.bag.last(t, stewardMail); !strings.Contains(m.Text, "Hamba Allah melaporkan") {
		t.Error(m.Text)
	}
}

func TestWokenTwiceSendsOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, w *world) {
		r := w.letter(aid.LetterCode)
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
		r := w.letter(aid.LetterStewardPledged)
		w.bag.err = errors.New("throttled")
		if failed := w.stream(t, record("X", "Y"), r, r); failed != r.Change.SequenceNumber {
			t.Errorf("failed %q; want %q", failed, r.Change.SequenceNumber)
		}
		w.bag.err = nil
		if failed := w.stream(t, r, r); failed != "" || len(w.bag.letters) != 1 {
			t.Errorf("failed %q, sent %d; want the letter once", failed, len(w.bag.letters))
		}
		looks, err := w.store.LooksAtCollaborator(t.Context(), promise)
		if err != nil || len(looks) == 0 {
			t.Fatalf("showings of the contact on record: %v, %v; want one", looks, err)
		}
		for _, look := range looks {
			if look.At != looks[0].At {
				t.Errorf("each try is on record as a showing of its own: %v", looks)
			}
		}
	})
}

// When the service took a letter and says it did not, it goes twice: the other
// order would lose letters.
func TestLetterThatWasTakenWithAnErrorGoesTwiceAndNoMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	r := w.letter(aid.LetterCode)
	w.bag.late = errors.New("lost the answer")
	if failed := w.stream(t, r); failed == "" {
		t.Error("a lost answer is taken for success")
	}
	w.bag.late = nil
	w.stream(t, r)
	if w.stream(t, r); len(w.bag.letters) != 2 {
		t.Errorf("sent %d letters; want two", len(w.bag.letters))
	}
}

func TestLetterNobodyWaitsForIsNotSent(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	for name, happens := range map[string]func(*testing.T, *world) events.DynamoDBEventRecord{
		"code after the channel was proven": func(t *testing.T, w *world) events.DynamoDBEventRecord {
			w.pledge(t)
			return letterOf(w.c, 1, aid.LetterCode)
		},
		"code after its hours": func(t *testing.T, w *world) events.DynamoDBEventRecord {
			w.now = w.c.VerifyBy
			return w.letter(aid.LetterCode)
		},
		"link after the withdrawal": func(t *testing.T, w *world) events.DynamoDBEventRecord {
			w.pledge(t)
			r := w.letter(aid.LetterPledged)
			w.withdraw(t)
			return r
		},
		"announcement after the withdrawal": func(t *testing.T, w *world) events.DynamoDBEventRecord {
			w.pledge(t)
			r := w.letter(aid.LetterStewardPledged)
			w.withdraw(t)
			return r
		},
		"nudge after the contact": func(t *testing.T, w *world) events.DynamoDBEventRecord {
			w.pledge(t)
			w.elapse(t, w.c.PledgedAt.Add(12*time.Hour))
			r := w.letter(aid.LetterNudge)
			w.speak(t)
			return r
		},
		"nudge after its time": func(t *testing.T, w *world) events.DynamoDBEventRecord {
			w.pledge(t)
			w.elapse(t, w.c.PledgedAt.Add(20*time.Hour))
			w.now = w.c.ContactBy
			return w.letter(aid.LetterLastNudge)
		},
		"call after the contact": func(t *testing.T, w *world) events.DynamoDBEventRecord {
			w.pledge(t)
			r := w.post(t, aid.LetterStewardCall)
			w.now = w.now.Add(time.Minute)
			w.speak(t)
			return r
		},
		"lapse of what was renewed": func(t *testing.T, w *world) events.DynamoDBEventRecord {
			w.pledge(t)
			w.elapse(t, w.c.ContactBy)
			r := w.letter(aid.LetterLapsed)
			w.moved(t, aid.Renew)(w.c.RenewedAt(w.now, w.pack.Catalogue()))
			return r
		},
		"lapse to the steward of what was renewed": func(t *testing.T, w *world) events.DynamoDBEventRecord {
			w.pledge(t)
			w.elapse(t, w.c.ContactBy)
			r := w.letter(aid.LetterStewardLapsed)
			w.moved(t, aid.Renew)(w.c.RenewedAt(w.now, w.pack.Catalogue()))
			return r
		},
		"signature of what is delivered": func(t *testing.T, w *world) events.DynamoDBEventRecord {
			w.pledge(t)
			w.sign(t)
			r := w.letter(aid.LetterSigned)
			w.report(t, "d1", 20, 2)
			return r
		},
		"reminder to report on a day that was put off": func(t *testing.T, w *world) events.DynamoDBEventRecord {
			w.pledge(t)
			w.speak(t)
			w.elapse(t, time.Date(2025, 9, 21, 1, 0, 0, 0, time.UTC))
			r := w.letter(aid.LetterReportDue)
			w.moved(t, aid.Schedule)(w.c.ScheduledFor(aid.Appointment{On: "2025-09-25"}, aid.Collaborator, w.now, w.pack.Catalogue()))
			return r
		},
		"question that was answered": func(t *testing.T, w *world) events.DynamoDBEventRecord {
			w.pledge(t)
			w.sign(t)
			w.report(t, "d1", 20, 2)
			r := w.letter(aid.LetterStewardReported)
			w.now = w.now.Add(day)
			w.answer(t, "d1", aid.ViaSteward, aid.Full)
			return r
		},
		"thanks for what is disputed since": func(t *testing.T, w *world) events.DynamoDBEventRecord {
			w.pledge(t)
			w.sign(t)
			w.report(t, "d1", 20, 2)
			w.answer(t, "d1", aid.ViaBAST, aid.Full)
			r := w.letter(aid.LetterReceived)
			w.now = w.now.Add(day)
			w.answer(t, "d1", aid.ViaSteward, aid.None)
			return r
		},
		"question about one's own answer that one gave again": func(t *testing.T, w *world) events.DynamoDBEventRecord {
			w.pledge(t)
			w.sign(t)
			w.report(t, "d1", 20, 2)
			w.answer(t, "d1", aid.ViaHandover, aid.Full)
			r := w.letter(aid.LetterStewardReceipt)
			w.now = w.now.Add(day)
			w.answer(t, "d1", aid.ViaSteward, aid.Full)
			return r
		},
		"difference that is settled": func(t *testing.T, w *world) events.DynamoDBEventRecord {
			w.pledge(t)
			w.sign(t)
			w.report(t, "d1", 20, 2)
			w.answer(t, "d1", aid.ViaSteward, aid.Fewer, 20, 1)
			r := w.letter(aid.LetterDisputed)
			w.moved(t, aid.Settle)(w.c.SettledAs("d1", nil, aid.Collaborator, w.now, w.pack.Catalogue()))
			return r
		},
		"difference to the office that is settled": func(t *testing.T, w *world) events.DynamoDBEventRecord {
			w.pledge(t)
			w.sign(t)
			w.report(t, "d1", 20, 2)
			w.answer(t, "d1", aid.ViaSteward, aid.Fewer, 20, 1)
			r := w.letter(aid.LetterOfficeDispute)
			w.moved(t, aid.Settle)(w.c.SettledAs("d1", nil, aid.Collaborator, w.now, w.pack.Catalogue()))
			return r
		},
		"letter that is gone": func(t *testing.T, w *world) events.DynamoDBEventRecord {
			return letterOf(w.c, 9, aid.LetterCode)
		},
		"removed record": func(t *testing.T, w *world) events.DynamoDBEventRecord {
			r := w.letter(aid.LetterCode)
			r.EventName = "REMOVE"
			return r
		},
		"key of something else": func(t *testing.T, w *world) events.DynamoDBEventRecord {
			return record("LEAF#34.71.01-warga", "A")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, table.NewMemory())
			r := happens(t, w)
			if failed := w.stream(t, r); failed != "" || len(w.bag.letters) != 0 {
				t.Errorf("failed %q, sent %d; want neither", failed, len(w.bag.letters))
			}
		})
	}
}

func TestEachAnswerHasItsOwnLetter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	w.pledge(t)
	w.sign(t)
	w.report(t, "d1", 12, 0)
	w.answer(t, "d1", aid.ViaSteward, aid.Full)
	first := w.letter(aid.LetterReceived)
	w.now = w.now.Add(time.Minute)
	w.report(t, "d2", 7, 0)
	w.answer(t, "d2", aid.ViaSteward, aid.Full)
	second := w.letter(aid.LetterReceived)
	w.stream(t, second, first)
	if len(w.bag.letters) != 2 || !strings.Contains(w.bag.letters[0].Text, "- 7 Galon") || !strings.Contains(w.bag.letters[1].Text, "- 12 Galon") {
		t.Errorf("sent %+v; want a letter about 7 and one about 12", w.bag.letters)
	}
}

func TestRemindersAreLeftToThePerson(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, w *world) {
		w.pledge(t)
		if err := w.store.SetReminders(t.Context(), w.c.Collaborator, false); err != nil {
			t.Fatal(err)
		}
		w.elapse(t, w.c.PledgedAt.Add(12*time.Hour))
		r := w.letter(aid.LetterNudge)
		if failed := w.stream(t, r); failed != "" || len(w.bag.letters) != 0 || !w.done(t, r) {
			t.Errorf("failed %q, sent %d, done %v; want nothing sent, and done", failed, len(w.bag.letters), w.done(t, r))
		}
		w.elapse(t, w.c.ContactBy)
		if w.stream(t, w.letter(aid.LetterLapsed)); len(w.bag.letters) != 1 {
			t.Error("what happened is kept from whoever wants no reminders")
		}
		if err := w.store.SetReminders(t.Context(), w.c.Collaborator, true); err != nil {
			t.Fatal(err)
		}
		if w.stream(t, r); len(w.bag.letters) != 1 {
			t.Error("the old reminder came after all")
		}
	})
}

func TestNobodyGetsMoreThanADaysLetters(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, w *world) {
		limits := &w.pack.Catalogue().Limits
		limits.LettersPerDay, limits.CodesPerDay = 1, 2
		w.pledge(t)
		first, twin := w.letter(aid.LetterPledged), w.letter(aid.LetterStewardPledged)
		w.sign(t)
		over := w.letter(aid.LetterSigned)
		w.stream(t, first, twin, over)
		if len(w.bag.letters) != 2 || !w.done(t, over) {
			t.Errorf("sent %d letters, done %v; want one for each side, and the third given up", len(w.bag.letters), w.done(t, over))
		}
		link := w.post(t, aid.LetterLink)
		if w.stream(t, link); len(w.bag.letters) != 3 {
			t.Error("the link asked for is counted with the other letters")
		}
		w.now = w.now.Add(24 * time.Hour)
		if err := w.store.Post(t.Context(), w.c, aid.LetterSigned, 2000, w.now); err != nil {
			t.Fatal(err)
		}
		if w.stream(t, letterOf(w.c, 2000, aid.LetterSigned)); len(w.bag.letters) != 4 {
			t.Error("yesterday's letters are counted today")
		}
		// Others' submissions in the same name: the address is what counts.
		for n := range 4 {
			c := w.submission(aid.CommitmentID(fmt.Sprintf("0198c0de-0000-7000-8000-0000000001%02d", n)))
			c.Collaborator = aid.CollaboratorID(fmt.Sprint("other", n))
			w.submit(t, c)
			w.stream(t, letterOf(c, 1, aid.LetterCode))
		}
		if len(w.bag.letters) != 6 {
			t.Errorf("one address got %d codes on a day; want two", len(w.bag.letters)-4)
		}
	})
}

func TestFailingServiceUsesUpNoBudget(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, w *world) {
		w.pack.Catalogue().Limits.CodesPerDay = 1
		r := w.letter(aid.LetterCode)
		w.bag.err = errors.New("throttled")
		for range 5 {
			w.stream(t, r)
		}
		w.bag.err = nil
		if w.stream(t, r); len(w.bag.letters) != 1 {
			t.Error("a letter that failed before is over its budget")
		}
	})
}

func TestWhoeverHasNoAddressIsLeftToPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	w.server.office = aid.Contact{}
	w.server.outbox = troubled{outbox: w.store, steward: &aid.Contact{Name: "Pak Melati", Phone: stewardPhone}}
	w.pledge(t)
	announced, call := w.letter(aid.LetterStewardPledged), w.post(t, aid.LetterOfficeDispute)
	w.stream(t, announced, call)
	if len(w.bag.letters) != 0 || !w.done(t, announced) {
		t.Errorf("sent %d, done %v; want nothing sent, and done", len(w.bag.letters), w.done(t, announced))
	}
	looks, err := w.store.LooksAtCollaborator(t.Context(), promise)
	if err != nil || len(looks) != 0 {
		t.Errorf("the contact was shown to nobody and is on record: %v, %v", looks, err)
	}
	// Another channel takes over as soon as there is one.
	chat := &telephone{}
	w.server.couriers = append(w.server.couriers, chat)
	w.withdraw(t)
	if w.stream(t, w.letter(aid.LetterStewardWithdrawn)); chat.calls != 1 || len(w.bag.letters) != 0 {
		t.Errorf("%d by telephone, %d by mail; want one and none", chat.calls, len(w.bag.letters))
	}
}

// telephone reaches whoever has a number.
type telephone struct{ calls int }

func (p *telephone) Reaches(to aid.Contact) bool { return to.Phone != "" }

func (p *telephone) Carry(context.Context, aid.Contact, mail.Message) error {
	p.calls++
	return nil
}

// What was written, by whom and whom it names stays where it is.
func TestLettersAboutComplaintsTellTheOfficeNoMoreThanTheTicket(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, w *world) {
		const id = aid.ComplaintID("0198c0de-0000-7000-8000-0000000000aa")
		c := aid.Complaint{
			ID: id, Class: aid.Levy, About: aid.About{Recipient: padukuhan}, Area: "34.71.01.1001", State: aid.ComplaintReceived, Version: 1,
			ReceivedAt: w.now, DueBy: w.now.AddDate(0, 0, aid.ComplaintDays), DueAt: w.now.AddDate(0, 0, aid.ComplaintDays),
			Messages: []aid.Message{{ID: aid.MessageID(id), At: w.now, From: aid.Reporter}},
		}
		if _, _, err := w.store.FileComplaint(t.Context(), table.Filing{
			Complaint: c, Words: aid.Words{Text: "diminta sepuluh ribu", Email: "pelapor@contoh.invalid"}, SecretHash: aid.Hash("z"),
			Fingerprint: "f", ChallengeID: "c", ChallengeExpires: w.now.Add(time.Minute),
		}); err != nil {
			t.Fatal(err)
		}
		k := table.ComplaintLetterKey(id, 1, aid.LetterOfficeComplaint)
		filed := record(k.PK, k.SK)
		w.stream(t, filed, filed)
		if len(w.bag.letters) != 1 {
			t.Fatalf("sent %d letters; want one", len(w.bag.letters))
		}
		m := w.bag.last(t, officeMail)
		for _, words := range []string{id.Ticket(), "pungutan", "Pasir, Kota Karang", "petugas pengaduan Kota Karang", "Diterima: Rabu, 10 September 2025", "Tenggat: Rabu, 17 September 2025", "https://ksbb.example/aduan/\n"} {
			if !strings.Contains(m.Text, words) {
				t.Errorf("lacks %q:\n%s", words, m.Text)
			}
		}
		late, _, letters, _ := c.Elapsed(c.DueBy)
		if err := w.store.MoveComplaint(t.Context(), c, late, letters...); err != nil {
			t.Fatal(err)
		}
		k = table.ComplaintLetterKey(id, late.Version, aid.LetterOfficeLate)
		w.stream(t, record(k.PK, k.SK))
		if m := w.bag.last(t, officeMail); !strings.Contains(m.Subject, "lewat tenggat: "+id.Ticket()) || !strings.Contains(m.Text, "Ditangani: petugas pengaduan\n") {
			t.Errorf("%s:\n%s", m.Subject, m.Text)
		}
		for _, l := range w.bag.letters {
			for _, canary := range []string{"sepuluh ribu", "pelapor@", "Padukuhan 001", string(padukuhan), string(id)} {
				if strings.Contains(l.Subject+l.Text+l.HTML, canary) {
					t.Errorf("%q holds %q", l.Subject, canary)
				}
			}
		}
	})
}

func TestOfficeIsNotToldOfAComplaintThatWasAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	const id = aid.ComplaintID("0198c0de-0000-7000-8000-0000000000ab")
	c := aid.Complaint{ID: id, Class: aid.OtherClass, State: aid.ComplaintReceived, Version: 1, ReceivedAt: w.now, DueBy: w.now.AddDate(0, 0, 7)}
	if _, _, err := w.store.FileComplaint(t.Context(), table.Filing{Complaint: c, Words: aid.Words{Text: "kata"}, Fingerprint: "f", ChallengeID: "c", ChallengeExpires: w.now.Add(time.Minute)}); err != nil {
		t.Fatal(err)
	}
	answered, err := c.Closed(aid.Staff{Role: aid.StaffComplaints}, aid.Explained, w.now)
	if err == nil {
		err = w.store.MoveComplaint(t.Context(), c, answered)
	}
	if err != nil {
		t.Fatal(err)
	}
	k := table.ComplaintLetterKey(id, 1, aid.LetterOfficeComplaint)
	if failed := w.stream(t, record(k.PK, k.SK)); failed != "" || len(w.bag.letters) != 0 {
		t.Errorf("failed %q, sent %d; want neither", failed, len(w.bag.letters))
	}
}

// Mail programs and virus scanners open every link before a person does. They
// must see a page, learn no secret that a server could log, and change nothing.
func TestScannerThatFollowsEveryLinkSendsNoSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	w.elapseThroughEveryLetter(t)
	key, err := w.store.Key(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	secret, err := aid.Secret(key, promise, 1)
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{secret, aid.StewardSecret(key, padukuhan, 1), aid.Code(key, promise)}
	followed := 0
	page := regexp.MustCompile(`^/(k|pj|aduan|lokasi/[^/]+)/$`)
	site := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		followed++
		if r.Method != http.MethodGet || r.URL.RawQuery != "" || !page.MatchString(r.URL.Path) {
			t.Errorf("%s %s is no page", r.Method, r.URL)
		}
		for _, s := range secrets {
			if strings.Contains(r.RequestURI+fmt.Sprint(r.Header), s) {
				t.Errorf("%s sends a secret", r.URL.Path)
			}
		}
	}))
	t.Cleanup(site.Close)
	links := regexp.MustCompile(`https://[^\s"<]+`)
	for _, l := range w.bag.letters {
		for _, link := range links.FindAllString(l.Text+" "+l.HTML, -1) {
			answer, err := http.Get(strings.Replace(link, "https://ksbb.example", site.URL, 1))
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
		}
	}
	if len(w.bag.letters) < len(rules)-5 || followed < 2*len(w.bag.letters) {
		t.Errorf("followed %d links of %d letters", followed, len(w.bag.letters))
	}
}

// elapseThroughEveryLetter plays a life in which nearly every kind is sent.
func (w *world) elapseThroughEveryLetter(t *testing.T) {
	t.Helper()
	w.pack.Catalogue().Limits.LettersPerDay = 100
	play := func(kinds ...aid.LetterKind) {
		t.Helper()
		for _, kind := range kinds {
			if failed := w.stream(t, w.letter(kind)); failed != "" {
				t.Fatalf("%s failed", failed)
			}
		}
	}
	w.pledge(t)
	play(aid.LetterPledged, aid.LetterStewardPledged)
	play(w.elapse(t, w.c.PledgedAt.Add(12*time.Hour))...)
	play(w.elapse(t, w.c.PledgedAt.Add(20*time.Hour))...)
	w.stream(t, w.post(t, aid.LetterLink), w.post(t, aid.LetterStewardCall))
	play(w.elapse(t, w.c.ContactBy)...)
	w.moved(t, aid.Renew)(w.c.RenewedAt(w.now, w.pack.Catalogue()))
	w.speak(t)
	w.sign(t)
	play(aid.LetterSigned)
	play(w.elapse(t, time.Date(2025, 9, 21, 1, 0, 0, 0, time.UTC))...)
	play(w.elapse(t, time.Date(2025, 9, 27, 1, 0, 0, 0, time.UTC))...)
	w.report(t, "d1", 20, 2)
	play(aid.LetterStewardReported)
	play(w.elapse(t, w.now.AddDate(0, 0, aid.AnswerDays))...)
	w.answer(t, "d1", aid.ViaHandover, aid.Fewer, 19, 2)
	play(aid.LetterDisputed, aid.LetterOfficeDispute, aid.LetterStewardReceipt)
	w.answer(t, "d1", aid.ViaSteward, aid.Full)
	play(aid.LetterReceived)
}

// troubled is an outbox that fails where a test says so.
type troubled struct {
	outbox
	mark, read, credential, spend error
	steward                       *aid.Contact
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

func (o troubled) Steward(ctx context.Context, id aid.RecipientID) (aid.Contact, error) {
	if o.steward != nil {
		return *o.steward, nil
	}
	return o.outbox.Steward(ctx, id)
}

func (o troubled) Spend(ctx context.Context, kind, id string, day aid.Day, limit int) error {
	if o.spend != nil {
		return o.spend
	}
	return o.outbox.Spend(ctx, kind, id, day, limit)
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
		"letter not countable":  {troubled{spend: aid.ErrBusy}, true, 0, 1},
		"sent and not marked":   {troubled{mark: aid.ErrBusy}, false, 1, 2},
		"nothing wrong with it": {troubled{}, false, 1, 1},
	} {
		w := newWorld(t, table.NewMemory())
		r := w.letter(aid.LetterCode)
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
	if failed := w.stream(t, broken, w.letter(aid.LetterCode)); failed != "7" || len(w.bag.letters) != 0 {
		t.Errorf("failed %q, sent %d; want the unreadable record reported first", failed, len(w.bag.letters))
	}
}

// Every kind of letter has a reader, and the words for one; complaints have
// rules of their own.
func TestEveryKindHasARule(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"id", "en"} {
		for kind := range rules {
			o := mail.Occasion{Language: language, Zone: time.UTC, Service: "KSBB"}
			if _, err := mail.Compose(kind, o); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
	}
	declared, err := os.ReadFile("../../shared/aid/private.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile(`LetterKind = "([a-z-]+)"`).FindAllStringSubmatch(string(declared), -1) {
		kind := aid.LetterKind(found[1])
		if _, ok := rules[kind]; !ok && kind != aid.LetterOfficeComplaint && kind != aid.LetterOfficeLate {
			t.Errorf("no rule for %s", kind)
		}
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
	w.stream(t, w.letter(aid.LetterCode))
	w.bag.err = nil
	w.stream(t, w.letter(aid.LetterCode))
	w.elapseThroughEveryLetter(t)
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
	for _, canary := range []string{"enari", "elati", "contoh.invalid", giverPhone, stewardPhone, aid.Code(key, promise), "/k/#", "/pj/#"} {
		if strings.Contains(lines.String(), canary) {
			t.Errorf("the log holds %q:\n%s", canary, &lines)
		}
	}
}
