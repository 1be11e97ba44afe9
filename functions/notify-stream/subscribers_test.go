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
	"ksbb/shared/table"
)

// The report of the stories: of yesterday.
const yesterday = "2025-09-09"

// picky carries letters, and fails for some addresses.
type picky struct {
	*bag
	fails map[string]error
}

func (p picky) Carry(ctx context.Context, to aid.Contact, m mail.Message) error {
	if err := p.fails[to.Email]; err != nil {
		return err
	}
	return p.bag.Carry(ctx, to, m)
}

func subscriber(n int) string { return fmt.Sprintf("pembaca%d@contoh.invalid", n) }

// wish asks for reports to the nth address.
func (w *world) wish(t *testing.T, n int, cadences ...aid.Cadence) aid.Subscription {
	t.Helper()
	id := aid.SubscriptionID(fmt.Sprintf("0198c0de-0000-7000-8000-%012x", 0x5000+n))
	key, err := w.store.Key(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	secret, err := aid.SubscriptionSecret(key, id, subscriber(n))
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := w.store.Subscribe(t.Context(), table.SubscriptionRequest{
		Subscription: aid.Subscription{
			ID: id, Email: subscriber(n), Address: fmt.Sprint("address", n), Cadences: cadences, Language: "id", SecretHash: aid.Hash(secret), AskedAt: w.now,
		},
		Fingerprint: fmt.Sprint("f", n), ChallengeID: fmt.Sprint("c", n), ChallengeExpires: w.now.Add(time.Minute),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// subscribe confirms that too.
func (w *world) subscribe(t *testing.T, n int, cadences ...aid.Cadence) aid.Subscription {
	t.Helper()
	s, err := w.store.ConfirmSubscription(t.Context(), w.wish(t, n, cadences...), w.now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mailing(n int64) events.DynamoDBEventRecord {
	k := table.ReportLetterKey(yesterday, 1, n)
	return record(k.PK, k.SK)
}

// announce lets the letters about a report out, plays all of them and returns
// how many records that took.
func (w *world) announce(t *testing.T) int64 {
	t.Helper()
	if err := w.store.AnnounceReport(t.Context(), yesterday, 1, w.now); err != nil {
		t.Fatal(err)
	}
	for n := int64(0); ; n++ {
		if _, err := w.store.Letter(t.Context(), table.ReportLetterKey(yesterday, 1, n)); errors.Is(err, aid.ErrNotFound) {
			return n
		}
		if failed := w.stream(t, mailing(n)); failed != "" {
			t.Fatalf("mailing %d failed", n)
		}
	}
}

// readers returns how many letters each address got.
func (w *world) readers() map[string]int {
	got := map[string]int{}
	for _, l := range w.bag.letters {
		got[l.To]++
	}
	return got
}

func TestAnAddressIsAskedBeforeItIsWrittenTo(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, w *world) {
		s := w.wish(t, 1, aid.EveryDay, aid.EveryMonth)
		ask := func() events.DynamoDBEventRecord {
			k := table.SubscriptionLetterKey(s.ID)
			return record(k.PK, k.SK)
		}
		w.stream(t, ask(), ask())
		m := w.bag.last(t, subscriber(1))
		key, err := w.store.Key(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		secret, err := aid.SubscriptionSecret(key, s.ID, subscriber(1))
		if err != nil {
			t.Fatal(err)
		}
		for _, said := range []string{"https://ksbb.example/langganan/#" + secret + "\n", "- laporan harian\n", "- laporan bulanan\n", "Jumat, 12 September 2025 pukul 12.00 WITA"} {
			if !strings.Contains(m.Text, said) {
				t.Errorf("the letter lacks %q:\n%s", said, m.Text)
			}
		}
		if len(w.bag.letters) != 1 || m.OneClick != "" {
			t.Errorf("%d letters, %q", len(w.bag.letters), m.OneClick)
		}
		if w.announce(t); len(w.bag.letters) != 1 {
			t.Error("a report was sent to who did not confirm")
		}
	})
}

func TestNobodyIsAskedWhoAnsweredOrIsForgotten(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, w *world) {
		confirmed, ended, late := w.subscribe(t, 1, aid.EveryDay), w.wish(t, 2, aid.EveryDay), w.wish(t, 3, aid.EveryDay)
		if err := w.store.EndSubscription(t.Context(), ended.ID); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(48 * time.Hour)
		for _, s := range []aid.Subscription{confirmed, ended, late} {
			k := table.SubscriptionLetterKey(s.ID)
			if failed := w.stream(t, record(k.PK, k.SK)); failed != "" || len(w.bag.letters) != 0 {
				t.Errorf("%s: failed %q, sent %v", s.Email, failed, w.readers())
			}
		}
	})
}

// However many subscriptions somebody asks for in another's name, and whatever
// else is asked for there, the address gets a few letters a day.
func TestLettersThatAskAreCountedWithTheOthersToTheAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	most := w.pack.Catalogue().Limits.CodesPerDay
	w.stream(t, w.letter(aid.LetterCode))
	for n := range most + 3 {
		id := aid.SubscriptionID(fmt.Sprintf("0198c0de-0000-7000-8000-%012x", 0x9000+n))
		if _, _, err := w.store.Subscribe(t.Context(), table.SubscriptionRequest{
			Subscription: aid.Subscription{ID: id, Email: giverMail, Cadences: []aid.Cadence{aid.EveryDay}, Language: "en", AskedAt: w.now}, ChallengeID: fmt.Sprint(n),
		}); err != nil {
			t.Fatal(err)
		}
		k := table.SubscriptionLetterKey(id)
		if failed := w.stream(t, record(k.PK, k.SK)); failed != "" {
			t.Fatal(failed)
		}
	}
	if got := w.readers()[giverMail]; got != most || most < 2 {
		t.Errorf("%d letters to one address, the code among them; want %d", got, most)
	}
}

func TestAReportGoesToWhoeverWantsItsKind(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, w *world) {
		daily, both := w.subscribe(t, 1, aid.EveryDay), w.subscribe(t, 2, aid.EveryMonth, aid.EveryDay)
		w.subscribe(t, 3, aid.EveryMonth)
		w.subscribe(t, 4, aid.EveryWeek)
		gone := w.subscribe(t, 5, aid.EveryDay)
		if err := w.store.EndSubscription(t.Context(), gone.ID); err != nil {
			t.Fatal(err)
		}
		w.announce(t)
		if got, want := fmt.Sprint(w.readers()), fmt.Sprint(map[string]int{subscriber(1): 1, subscriber(2): 1}); got != want {
			t.Fatalf("sent to %s; want %s", got, want)
		}
		for _, l := range w.bag.letters {
			mine, other := daily.ID, both.ID
			if l.To == subscriber(2) {
				mine, other = other, mine
			}
			if l.Subject != "Laporan "+w.pack.Title+": 9 September 2025" {
				t.Errorf("subject %q", l.Subject)
			}
			if l.OneClick != "https://ksbb.example/v1/subscriptions/"+string(mine)+"/end" {
				t.Errorf("one click is %q", l.OneClick)
			}
			for _, said := range []string{"https://ksbb.example/laporan/2025-09-09/\n", "https://ksbb.example/langganan/#akhiri." + string(mine) + "\n", w.pack.Operator.Office} {
				if !strings.Contains(l.Text, said) {
					t.Errorf("the letter lacks %q:\n%s", said, l.Text)
				}
			}
			if all := l.Text + l.HTML + l.OneClick; strings.Contains(all, string(other)) || strings.Contains(all, "contoh.invalid") {
				t.Errorf("the letter to %s names another, or an address:\n%s", l.To, all)
			}
		}
	})
}

func TestManySubscribersAreWrittenToInParts(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, w *world) {
		const people = 2*mailingSize + 7
		for n := range people {
			w.subscribe(t, n, aid.EveryDay)
		}
		if records := w.announce(t); records != 3 {
			t.Errorf("%d records; want 3", records)
		}
		// Everything comes again, and is announced again.
		w.announce(t)
		w.stream(t, mailing(2), mailing(0), mailing(1))
		got := w.readers()
		for n := range people {
			if got[subscriber(n)] != 1 {
				t.Errorf("%s got %d letters", subscriber(n), got[subscriber(n)])
			}
		}
	})
}

func TestAMailingThatIsNotMarkedWritesToNobodyTwice(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, w *world) {
		for n := range mailingSize + 5 {
			w.subscribe(t, n, aid.EveryDay)
		}
		w.server.outbox = troubled{outbox: w.store, mark: aid.ErrBusy}
		w.announce(t)
		w.server.outbox = w.store
		w.announce(t)
		for to, n := range w.readers() {
			if n != 1 {
				t.Errorf("%s got %d letters", to, n)
			}
		}
		if len(w.readers()) != mailingSize+5 {
			t.Errorf("%d people got a letter", len(w.readers()))
		}
	})
}

func TestADeadAddressHoldsUpNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	dead := map[string]error{}
	for n := range mailingSize + 5 {
		w.subscribe(t, n, aid.EveryDay)
		if n%7 == 0 {
			dead[subscriber(n)] = fmt.Errorf("send letter: %w", mail.ErrUndeliverable)
		}
	}
	w.server.couriers = []courier{picky{w.bag, dead}}
	w.announce(t)
	if got := w.readers(); len(got) != mailingSize+5-len(dead) {
		t.Errorf("%d of %d got a letter, %d are dead", len(got), mailingSize+5, len(dead))
	}
	w.server.couriers = []courier{w.bag}
	w.announce(t)
	if got := w.readers(); len(got) != mailingSize+5-len(dead) {
		t.Error("a dead address is tried again")
	}
}

func TestALetterThatFailedIsTriedAgainAloneWhileTheRestGoesOn(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, w *world) {
		const people = mailingSize + 5
		for n := range people {
			w.subscribe(t, n, aid.EveryDay)
		}
		trouble := picky{w.bag, map[string]error{}}
		w.server.couriers = []courier{trouble}
		if err := w.store.AnnounceReport(t.Context(), yesterday, 1, w.now); err != nil {
			t.Fatal(err)
		}
		// Somebody in the first part cannot be written to until later.
		first, err := w.store.Subscribers(t.Context(), aid.EveryDay, 1, "", 1)
		if err != nil || len(first) == 0 {
			t.Fatal(first, err)
		}
		unlucky, err := w.store.Subscription(t.Context(), first[0], w.now)
		if err != nil {
			t.Fatal(err)
		}
		trouble.fails[unlucky.Email] = errors.New("throttled")
		if failed := w.stream(t, mailing(0)); failed == "" || len(w.bag.letters) != mailingSize-1 {
			t.Errorf("failed %q, sent %d", failed, len(w.bag.letters))
		}
		if failed := w.stream(t, mailing(1)); failed != "" || len(w.bag.letters) != people-1 {
			t.Errorf("the rest: failed %q, sent %d", failed, len(w.bag.letters))
		}
		if failed := w.stream(t, mailing(0)); failed == "" || len(w.bag.letters) != people-1 {
			t.Errorf("again: failed %q, sent %d", failed, len(w.bag.letters))
		}
		delete(trouble.fails, unlucky.Email)
		if failed := w.stream(t, mailing(0)); failed != "" || len(w.bag.letters) != people || w.readers()[unlucky.Email] != 1 {
			t.Errorf("at last: failed %q, sent %d, to that one %d", failed, len(w.bag.letters), w.readers()[unlucky.Email])
		}
	})
}

func TestAServiceThatIsDownIsNotAskedForEveryone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	for n := range mailingSize + 5 {
		w.subscribe(t, n, aid.EveryDay)
	}
	if err := w.store.AnnounceReport(t.Context(), yesterday, 1, w.now); err != nil {
		t.Fatal(err)
	}
	w.bag.err = errors.New("down")
	if failed := w.stream(t, mailing(0)); failed == "" {
		t.Error("nothing failed")
	}
	if _, err := w.store.Letter(t.Context(), table.ReportLetterKey(yesterday, 1, 1)); !errors.Is(err, aid.ErrNotFound) {
		t.Errorf("it went on to the next part: %v", err)
	}
	w.bag.err = nil
	w.announce(t)
	if got := w.readers(); len(got) != mailingSize+5 || len(w.bag.letters) != mailingSize+5 {
		t.Errorf("%d letters to %d people", len(w.bag.letters), len(got))
	}
}

// Close to the end of its time the function leaves the rest to its next waking.
func TestAMailingStopsBeforeItsTimeIsOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, table.NewMemory())
	for n := range 5 {
		w.subscribe(t, n, aid.EveryDay)
	}
	if err := w.store.AnnounceReport(t.Context(), yesterday, 1, w.now); err != nil {
		t.Fatal(err)
	}
	late, cancel := context.WithTimeout(t.Context(), mailingMargin/2)
	defer cancel()
	answer, err := w.handle(late, events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{mailing(0)}})
	if err != nil || len(answer.BatchItemFailures) > 0 || len(w.bag.letters) > 0 {
		t.Errorf("%+v, %v, %d letters", answer, err, len(w.bag.letters))
	}
	w.announce(t)
	if len(w.readers()) != 5 {
		t.Errorf("letters to %v", w.readers())
	}
}

func TestAnOldReportIsNoNews(t *testing.T) {
	t.Parallel()
	for period, late := range map[string]time.Duration{"2025-09-09": 48 * time.Hour, "2025-W36": 7 * 24 * time.Hour, "2025-08": 14 * 24 * time.Hour} {
		w := newWorld(t, table.NewMemory())
		w.subscribe(t, 1, aid.Cadences...)
		ended := map[string]time.Time{
			"2025-09-09": time.Date(2025, 9, 9, 16, 0, 0, 0, time.UTC), "2025-W36": time.Date(2025, 9, 7, 16, 0, 0, 0, time.UTC), "2025-08": time.Date(2025, 8, 31, 16, 0, 0, 0, time.UTC),
		}[period]
		if err := w.store.AnnounceReport(t.Context(), period, 1, ended); err != nil {
			t.Fatal(err)
		}
		k := table.ReportLetterKey(period, 1, 0)
		w.now = ended.Add(late + time.Second)
		if failed := w.stream(t, record(k.PK, k.SK)); failed != "" || len(w.bag.letters) > 0 {
			t.Errorf("%s too late: failed %q, %d letters", period, failed, len(w.bag.letters))
		}
		w.now = ended.Add(late)
		if failed := w.stream(t, record(k.PK, k.SK)); failed != "" || len(w.bag.letters) != 1 {
			t.Errorf("%s in time: failed %q, %d letters", period, failed, len(w.bag.letters))
		}
	}
}

// The log is one for the process, so this test is not parallel.
func TestLogNamesNoSubscriber(t *testing.T) {
	var lines bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })
	w := newWorld(t, table.NewMemory())
	waiting := w.wish(t, 9, aid.EveryDay)
	for n := range 4 {
		w.subscribe(t, n, aid.EveryDay)
	}
	w.server.couriers = []courier{picky{w.bag, map[string]error{subscriber(1): mail.ErrUndeliverable, subscriber(2): errors.New("throttled"), subscriber(9): errors.New("throttled")}}}
	if err := w.store.AnnounceReport(t.Context(), yesterday, 1, w.now); err != nil {
		t.Fatal(err)
	}
	k := table.SubscriptionLetterKey(waiting.ID)
	ask := record(k.PK, k.SK)
	ask.Change.SequenceNumber = "9"
	w.stream(t, ask)
	w.stream(t, mailing(0))
	if lines.Len() == 0 {
		t.Error("nothing was logged")
	}
	for _, canary := range []string{"pembaca", "contoh.invalid", "/langganan/#", "0198c0de-0000-7000-8000-00000000500"} {
		if strings.Contains(lines.String(), canary) {
			t.Errorf("the log holds %q:\n%s", canary, &lines)
		}
	}
}
