package tabletest

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

// Subscriptions is the part of a [Store] that subscriptions to reports are in.
type Subscriptions interface {
	Subscribe(context.Context, table.SubscriptionRequest) (stored aid.Subscription, repeated bool, err error)
	Subscribed(ctx context.Context, id aid.SubscriptionID, fingerprint string, now time.Time) (stored aid.Subscription, repeated bool, err error)
	Subscription(ctx context.Context, id aid.SubscriptionID, now time.Time) (aid.Subscription, error)
	ConfirmSubscription(ctx context.Context, asked aid.Subscription, at time.Time) (aid.Subscription, error)
	EndSubscription(context.Context, aid.SubscriptionID) error
	Subscribers(ctx context.Context, c aid.Cadence, shard int, after aid.SubscriptionID, limit int) ([]aid.SubscriptionID, error)
	ClaimMailing(ctx context.Context, period string, revision int, id aid.SubscriptionID, at time.Time) (bool, error)
	ReleaseMailing(ctx context.Context, period string, revision int, id aid.SubscriptionID) error
	AnnounceReport(ctx context.Context, period string, revision int, at time.Time) error
	ContinueMailing(ctx context.Context, m aid.Mailing, n int64, at time.Time) error
}

// RunSubscriptions tries every promise of package table about subscriptions on
// stores that open makes, empty and independent of each other.
func RunSubscriptions(t *testing.T, open func(testing.TB) Store) {
	for _, claim := range []claim{
		{"UnknownSubscriptionsAreNotFound", unknownSubscription},
		{"ASubscriptionComesBackAsItWas", subscriptionComesBack},
		{"ASubscriptionAskedAgainIsTheSame", subscriptionRepeated},
		{"AChallengePaysForOneSubscription", subscriptionChallenge},
		{"WhatNobodyConfirmsIsForgotten", subscriptionForgotten},
		{"OnlyConfirmedSubscribersAreListed", subscriptionConfirmed},
		{"AnAddressHasOneSubscription", oneSubscriptionOfAnAddress},
		{"OfManyConfirmationsOfAnAddressOneIsLeft", manyConfirmations},
		{"AnEndedSubscriptionLeavesNothing", subscriptionEnded},
		{"ConfirmingAndEndingAtOnceLeaveNoHalf", confirmedAndEnded},
		{"SubscribersAreListedInParts", subscribersInParts},
		{"AMailingIsClaimedOnce", mailingClaimedOnce},
		{"AReportIsAnnouncedOnce", reportAnnouncedOnce},
		{"TheFirstToContinueAMailingIsRight", mailingContinued},
	} {
		t.Run(claim.name, func(t *testing.T) {
			t.Parallel()
			claim.try(t, open(t))
		})
	}
}

// SubscriptionRequest returns the nth request, for monthly and daily reports to
// an address of its own.
func SubscriptionRequest(n int) table.SubscriptionRequest {
	return table.SubscriptionRequest{
		Subscription: aid.Subscription{
			ID: aid.SubscriptionID(CommitmentID(3000 + n)), Email: fmt.Sprintf("pelanggan%d@contoh.example", n), Address: fmt.Sprintf("address-%d", n),
			Cadences: []aid.Cadence{aid.EveryMonth, aid.EveryDay}, Language: "id", SecretHash: aid.Hash(fmt.Sprint("subscription", n)), AskedAt: Noon,
		},
		Fingerprint: fmt.Sprintf("subscription-fingerprint-%d", n),
		ChallengeID: fmt.Sprintf("subscription-challenge-%d", n), ChallengeExpires: Noon.Add(10 * time.Minute),
	}
}

// subscribe asks for the nth subscription.
func subscribe(t testing.TB, s Store, r table.SubscriptionRequest) aid.Subscription {
	t.Helper()
	stored, repeated, err := s.Subscribe(t.Context(), r)
	must(t, err)
	if repeated {
		t.Fatalf("subscription %s was there already", r.Subscription.ID)
	}
	return stored
}

// subscribed asks for the nth subscription and confirms it.
func subscribed(t testing.TB, s Store, r table.SubscriptionRequest) aid.Subscription {
	t.Helper()
	confirmed, err := s.ConfirmSubscription(t.Context(), subscribe(t, s, r), r.Subscription.AskedAt.Add(time.Hour))
	must(t, err)
	return confirmed
}

// listed returns all subscribers of a cadence, ordered.
func listed(t testing.TB, s Store, c aid.Cadence) []aid.SubscriptionID {
	t.Helper()
	all := []aid.SubscriptionID{}
	for shard := range table.SubscriberShards {
		part, err := s.Subscribers(t.Context(), c, shard, "", 1000)
		must(t, err)
		all = append(all, part...)
	}
	slices.Sort(all)
	return all
}

func unknownSubscription(t *testing.T, s Store) {
	r := SubscriptionRequest(1)
	id := r.Subscription.ID
	_, err := s.Subscription(t.Context(), id, Noon)
	wants(t, "Subscription", err, aid.ErrNotFound)
	_, err = s.ConfirmSubscription(t.Context(), r.Subscription, Noon)
	wants(t, "ConfirmSubscription", err, aid.ErrNotFound)
	_, repeated, err := s.Subscribed(t.Context(), id, r.Fingerprint, Noon)
	must(t, err)
	same(t, "repeated", repeated, false)
	must(t, s.EndSubscription(t.Context(), id))
	must(t, s.ReleaseMailing(t.Context(), "2026-03", 1, id))
	none, err := s.Subscribers(t.Context(), aid.EveryDay, 0, "", 10)
	must(t, err)
	if none == nil || len(none) > 0 {
		t.Errorf("subscribers of nobody: %v; want an empty list", none)
	}
}

func subscriptionComesBack(t *testing.T, s Store) {
	want := SubscriptionRequest(1).Subscription
	same(t, "stored", subscribe(t, s, SubscriptionRequest(1)), want)
	got, err := s.Subscription(t.Context(), want.ID, Noon)
	must(t, err)
	same(t, "read", got, want)
	l, err := s.Letter(t.Context(), table.SubscriptionLetterKey(want.ID))
	must(t, err)
	same(t, "the letter", l, aid.Letter{Subscription: want.ID, Kind: aid.LetterSubscribe, At: Noon})
	want.ConfirmedAt = Noon.Add(time.Minute)
	got, err = s.ConfirmSubscription(t.Context(), want, want.ConfirmedAt)
	must(t, err)
	same(t, "confirmed", got, want)
	got, err = s.Subscription(t.Context(), want.ID, Noon.AddDate(9, 0, 0))
	must(t, err)
	same(t, "read years later", got, want)
}

func subscriptionRepeated(t *testing.T, s Store) {
	r := SubscriptionRequest(1)
	first := subscribe(t, s, r)
	again := r
	again.ChallengeID, again.Subscription.AskedAt = "another", Noon.Add(time.Hour)
	for range 2 {
		stored, repeated, err := s.Subscribe(t.Context(), again)
		must(t, err)
		same(t, "repeated", repeated, true)
		same(t, "asked again", stored, first)
		stored, repeated, err = s.Subscribed(t.Context(), first.ID, r.Fingerprint, Noon.Add(time.Hour))
		must(t, err)
		same(t, "found repeated", repeated, true)
		same(t, "found again", stored, first)
		first, err = s.ConfirmSubscription(t.Context(), first, Noon.Add(time.Minute))
		must(t, err)
	}
	other := r
	other.Fingerprint, other.ChallengeID = "other", "a third"
	_, _, err := s.Subscribe(t.Context(), other)
	wants(t, "Subscribe", err, aid.ErrExists)
	_, _, err = s.Subscribed(t.Context(), first.ID, "other", Noon)
	wants(t, "Subscribed", err, aid.ErrExists)
	// The other challenges were not used.
	second := SubscriptionRequest(2)
	second.ChallengeID = "another"
	subscribe(t, s, second)
}

func subscriptionChallenge(t *testing.T, s Store) {
	file(t, s, 1)
	r := SubscriptionRequest(1)
	r.ChallengeID = Filing(1).ChallengeID
	_, _, err := s.Subscribe(t.Context(), r)
	wants(t, "Subscribe", err, aid.ErrChallenge)
	_, err = s.Subscription(t.Context(), r.Subscription.ID, Noon)
	wants(t, "Subscription", err, aid.ErrNotFound)
	_, err = s.Letter(t.Context(), table.SubscriptionLetterKey(r.Subscription.ID))
	wants(t, "Letter", err, aid.ErrNotFound)
	subscribe(t, s, SubscriptionRequest(2))
	idea := IdeaFiling(1)
	idea.ChallengeID = SubscriptionRequest(2).ChallengeID
	_, _, err = s.FileIdea(t.Context(), idea)
	wants(t, "FileIdea", err, aid.ErrChallenge)
}

func subscriptionForgotten(t *testing.T, s Store) {
	r := SubscriptionRequest(1)
	first := subscribe(t, s, r)
	must(t, s.MarkSent(t.Context(), table.SubscriptionLetterKey(first.ID), Noon))
	late := first.ConfirmBy()
	_, err := s.Subscription(t.Context(), first.ID, late.Add(-time.Millisecond))
	must(t, err)
	_, err = s.Subscription(t.Context(), first.ID, late)
	wants(t, "Subscription", err, aid.ErrNotFound)
	_, err = s.ConfirmSubscription(t.Context(), first, late)
	wants(t, "ConfirmSubscription", err, aid.ErrNotFound)
	_, repeated, err := s.Subscribed(t.Context(), first.ID, "other", late)
	must(t, err)
	same(t, "repeated", repeated, false)

	// Whoever asks a moment earlier meets it, and at that instant asks anew.
	again := r
	again.ChallengeID, again.Fingerprint, again.Subscription.Email = "another", "other", "lain@contoh.example"
	again.Subscription.AskedAt = late.Add(-time.Millisecond)
	_, _, err = s.Subscribe(t.Context(), again)
	wants(t, "Subscribe", err, aid.ErrExists)
	again.Subscription.AskedAt = late
	same(t, "asked anew", subscribe(t, s, again), again.Subscription)
	l, err := s.Letter(t.Context(), table.SubscriptionLetterKey(first.ID))
	must(t, err)
	same(t, "a letter of its own", l, aid.Letter{Subscription: first.ID, Kind: aid.LetterSubscribe, At: late})
}

func subscriptionConfirmed(t *testing.T, s Store) {
	first := subscribe(t, s, SubscriptionRequest(1))
	same(t, "before", listed(t, s, aid.EveryDay), []aid.SubscriptionID{})
	for _, after := range []time.Duration{time.Minute, time.Hour} {
		got, err := s.ConfirmSubscription(t.Context(), first, Noon.Add(after))
		must(t, err)
		same(t, "confirmed at", got.ConfirmedAt, Noon.Add(time.Minute))
	}
	same(t, "daily", listed(t, s, aid.EveryDay), []aid.SubscriptionID{first.ID})
	same(t, "weekly", listed(t, s, aid.EveryWeek), []aid.SubscriptionID{})
	same(t, "monthly", listed(t, s, aid.EveryMonth), []aid.SubscriptionID{first.ID})
}

func oneSubscriptionOfAnAddress(t *testing.T, s Store) {
	first, other := subscribed(t, s, SubscriptionRequest(1)), subscribed(t, s, SubscriptionRequest(2))
	r := SubscriptionRequest(3)
	r.Subscription.Address, r.Subscription.Email, r.Subscription.Cadences = first.Address, first.Email, []aid.Cadence{aid.EveryWeek}
	second := subscribe(t, s, r)
	same(t, "unconfirmed, it replaces nothing", listed(t, s, aid.EveryDay), []aid.SubscriptionID{first.ID, other.ID})
	_, err := s.ConfirmSubscription(t.Context(), second, Noon.Add(time.Hour))
	must(t, err)
	same(t, "daily", listed(t, s, aid.EveryDay), []aid.SubscriptionID{other.ID})
	same(t, "weekly", listed(t, s, aid.EveryWeek), []aid.SubscriptionID{second.ID})
	_, err = s.Subscription(t.Context(), first.ID, Noon)
	wants(t, "the first", err, aid.ErrNotFound)
	// The unsubscribe link of an old letter ends nothing of the new one.
	must(t, s.EndSubscription(t.Context(), first.ID))
	_, err = s.Subscription(t.Context(), second.ID, Noon)
	must(t, err)
}

func manyConfirmations(t *testing.T, s Store) {
	const people = 5
	var waiting []aid.Subscription
	for n := range people {
		r := SubscriptionRequest(n)
		r.Subscription.Address = "one"
		waiting = append(waiting, subscribe(t, s, r))
	}
	atOnce(t, people, func(n int) error {
		_, err := s.ConfirmSubscription(t.Context(), waiting[n], Noon.Add(time.Hour))
		return err
	})
	daily := listed(t, s, aid.EveryDay)
	if len(daily) != 1 {
		t.Fatalf("%v are left; want one", daily)
	}
	for _, w := range waiting {
		if _, err := s.Subscription(t.Context(), w.ID, Noon); (err == nil) != (w.ID == daily[0]) {
			t.Errorf("%s is stored: %v; listed is %s", w.ID, err == nil, daily[0])
		}
	}
}

func subscriptionEnded(t *testing.T, s Store) {
	confirmed, waiting, kept := subscribed(t, s, SubscriptionRequest(1)), subscribe(t, s, SubscriptionRequest(2)), subscribed(t, s, SubscriptionRequest(3))
	for range 2 {
		for _, ended := range []aid.Subscription{confirmed, waiting} {
			must(t, s.EndSubscription(t.Context(), ended.ID))
			_, err := s.Subscription(t.Context(), ended.ID, Noon)
			wants(t, "Subscription", err, aid.ErrNotFound)
			_, err = s.ConfirmSubscription(t.Context(), ended, Noon)
			wants(t, "ConfirmSubscription", err, aid.ErrNotFound)
		}
	}
	same(t, "daily", listed(t, s, aid.EveryDay), []aid.SubscriptionID{kept.ID})
	// The same may be asked for again, by a new proof of work.
	again := SubscriptionRequest(1)
	_, _, err := s.Subscribe(t.Context(), again)
	wants(t, "Subscribe with the old challenge", err, aid.ErrChallenge)
	again.ChallengeID, again.Subscription.SecretHash = "another", aid.Hash("of another address")
	subscribe(t, s, again)
	_, err = s.ConfirmSubscription(t.Context(), confirmed, Noon)
	wants(t, "ConfirmSubscription of what was ended", err, aid.ErrNotFound)
	confirmed.SecretHash = again.Subscription.SecretHash
	got, err := s.ConfirmSubscription(t.Context(), again.Subscription, confirmed.ConfirmedAt)
	must(t, err)
	same(t, "again", got, confirmed)
}

func confirmedAndEnded(t *testing.T, s Store) {
	for n := range 6 {
		asked := subscribe(t, s, SubscriptionRequest(n))
		id := asked.ID
		atOnce(t, 2, func(half int) error {
			if half == 0 {
				return s.EndSubscription(t.Context(), id)
			}
			if _, err := s.ConfirmSubscription(t.Context(), asked, Noon); err != nil {
				wants(t, "ConfirmSubscription", err, aid.ErrNotFound)
			}
			return nil
		})
		_, err := s.Subscription(t.Context(), id, Noon)
		wants(t, "Subscription", err, aid.ErrNotFound)
	}
	same(t, "daily", listed(t, s, aid.EveryDay), []aid.SubscriptionID{})
}

func subscribersInParts(t *testing.T, s Store) {
	const people = 30
	want := []aid.SubscriptionID{}
	for n := range people {
		want = append(want, subscribed(t, s, SubscriptionRequest(n)).ID)
	}
	got, shards := []aid.SubscriptionID{}, 0
	for shard := range table.SubscriberShards {
		const limit = 2
		for after := aid.SubscriptionID(""); ; {
			part, err := s.Subscribers(t.Context(), aid.EveryMonth, shard, after, limit)
			must(t, err)
			if got = append(got, part...); len(part) < limit {
				break
			}
			after = part[limit-1]
		}
		if first, err := s.Subscribers(t.Context(), aid.EveryMonth, shard, "", 1); err == nil && len(first) > 0 {
			shards++
		}
	}
	slices.Sort(got)
	same(t, "all parts", got, want)
	if shards < 2 {
		t.Errorf("all subscribers are in %d shard; is there a spread?", shards)
	}
}

func mailingClaimedOnce(t *testing.T, s Store) {
	id := SubscriptionRequest(1).Subscription.ID
	var told atomic.Int64
	atOnce(t, 4, func(int) error {
		first, err := s.ClaimMailing(t.Context(), "2026-03", 1, id, Noon)
		if first {
			told.Add(1)
		}
		return err
	})
	same(t, "told that they are first", told.Load(), int64(1))
	for _, other := range []struct {
		period   string
		revision int
		id       aid.SubscriptionID
	}{{"2026-02", 1, id}, {"2026-03", 2, id}, {"2026-03", 1, SubscriptionRequest(2).Subscription.ID}} {
		first, err := s.ClaimMailing(t.Context(), other.period, other.revision, other.id, Noon)
		must(t, err)
		same(t, fmt.Sprint("another letter ", other), first, true)
	}
	for range 2 {
		must(t, s.ReleaseMailing(t.Context(), "2026-03", 1, id))
	}
	first, err := s.ClaimMailing(t.Context(), "2026-03", 1, id, Noon)
	must(t, err)
	same(t, "after it was released", first, true)
}

func reportAnnouncedOnce(t *testing.T, s Store) {
	k := table.ReportLetterKey("2026-W10", 1, 0)
	want := aid.Letter{Kind: aid.LetterReport, Report: aid.Mailing{Period: "2026-W10", Revision: 1}, At: Noon}
	for _, later := range []time.Duration{0, time.Hour} {
		must(t, s.AnnounceReport(t.Context(), "2026-W10", 1, Noon.Add(later)))
		l, err := s.Letter(t.Context(), k)
		must(t, err)
		same(t, "the letter", l, want)
		want.SentAt = Noon.Add(time.Minute)
		must(t, s.MarkSent(t.Context(), k, want.SentAt))
	}
	if parsed, ok := table.ParseLetterKey(k.PK, k.SK); !ok || parsed != k || k.Serial() != 0 {
		t.Errorf("the key %v is no letter's, or not the first's", k)
	}
	must(t, s.AnnounceReport(t.Context(), "2026-W10", 2, Noon))
	_, err := s.Letter(t.Context(), table.ReportLetterKey("2026-W10", 2, 0))
	wants(t, "the letter of a correction", err, aid.ErrNotFound)
	for _, wrong := range []struct {
		period   string
		revision int
	}{{"", 1}, {"2026-13", 1}, {"2026-03", 0}, {"2026-03#1", 1}} {
		if err := s.AnnounceReport(t.Context(), wrong.period, wrong.revision, Noon); err == nil {
			t.Errorf("%v was announced", wrong)
		}
	}
}

func mailingContinued(t *testing.T, s Store) {
	first := aid.Mailing{Period: "2026-03", Revision: 1, Shard: 3, After: SubscriptionRequest(1).Subscription.ID}
	second := first
	second.Shard = 5
	must(t, s.ContinueMailing(t.Context(), first, 7, Noon))
	must(t, s.ContinueMailing(t.Context(), second, 7, Noon.Add(time.Minute)))
	k := table.ReportLetterKey("2026-03", 1, 7)
	l, err := s.Letter(t.Context(), k)
	must(t, err)
	same(t, "the seventh", l, aid.Letter{Kind: aid.LetterReport, Report: first, At: Noon})
	same(t, "its number", k.Serial(), int64(7))
	if err := s.ContinueMailing(t.Context(), aid.Mailing{Period: "2026-03"}, 1, Noon); err == nil {
		t.Error("a mailing of no revision was continued")
	}
}
