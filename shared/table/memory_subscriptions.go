package table

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"ksbb/shared/aid"
)

// memorySubscriptions is the part of [Memory] that subscriptions are in.
type memorySubscriptions struct {
	subscriptions map[aid.SubscriptionID]subscriptionItem
	addresses     map[string]aid.SubscriptionID
	mailed        map[key]bool
}

func newMemorySubscriptions() memorySubscriptions {
	return memorySubscriptions{
		subscriptions: map[aid.SubscriptionID]subscriptionItem{},
		addresses:     map[string]aid.SubscriptionID{},
		mailed:        map[key]bool{},
	}
}

// Subscribe does as [Table.Subscribe].
func (m *Memory) Subscribe(_ context.Context, r SubscriptionRequest) (aid.Subscription, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := r.Subscription
	if it, found := m.known(s.ID, s.AskedAt); found {
		return it.repeat(r.Fingerprint)
	}
	if _, used := m.challenges[r.ChallengeID]; used {
		return aid.Subscription{}, false, fmt.Errorf("subscribe: %w", aid.ErrChallenge)
	}
	m.challenges[r.ChallengeID] = aid.CommitmentID(s.ID)
	m.subscriptions[s.ID] = subscriptionItemOf(r)
	m.letters[SubscriptionLetterKey(s.ID)] = subscriptionLetterItemOf(s).letter()
	return m.subscriptions[s.ID].subscription(), false, nil
}

func (m *Memory) known(id aid.SubscriptionID, now time.Time) (subscriptionItem, bool) {
	it, ok := m.subscriptions[id]
	return it, ok && !it.subscription().Gone(now)
}

// Subscribed does as [Table.Subscribed].
func (m *Memory) Subscribed(_ context.Context, id aid.SubscriptionID, fingerprint string, now time.Time) (aid.Subscription, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	it, found := m.known(id, now)
	if !found {
		return aid.Subscription{}, false, nil
	}
	return it.repeat(fingerprint)
}

// Subscription does as [Table.Subscription].
func (m *Memory) Subscription(_ context.Context, id aid.SubscriptionID, now time.Time) (aid.Subscription, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	it, found := m.known(id, now)
	if !found {
		return aid.Subscription{}, fmt.Errorf("subscription: %w", aid.ErrNotFound)
	}
	return it.subscription(), nil
}

// ConfirmSubscription does as [Table.ConfirmSubscription].
func (m *Memory) ConfirmSubscription(_ context.Context, asked aid.Subscription, at time.Time) (aid.Subscription, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id := asked.ID
	it, found := m.known(id, at)
	if !found || !bytes.Equal(it.SecretHash, asked.SecretHash) {
		return aid.Subscription{}, fmt.Errorf("confirm subscription: %w", aid.ErrNotFound)
	}
	if it.ConfirmedAt == 0 {
		if before, ok := m.addresses[it.Address]; ok {
			delete(m.subscriptions, before)
		}
		it.ConfirmedAt, it.Expires = millis(at), 0
		m.subscriptions[id], m.addresses[it.Address] = it, id
	}
	return it.subscription(), nil
}

// EndSubscription does as [Table.EndSubscription].
func (m *Memory) EndSubscription(_ context.Context, id aid.SubscriptionID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if address := m.subscriptions[id].Address; m.addresses[address] == id {
		delete(m.addresses, address)
	}
	delete(m.subscriptions, id)
	return nil
}

// Subscribers does as [Table.Subscribers].
func (m *Memory) Subscribers(_ context.Context, c aid.Cadence, shard int, after aid.SubscriptionID, limit int) ([]aid.SubscriptionID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ids := []aid.SubscriptionID{}
	for _, id := range sortedKeys(m.subscriptions) {
		s := m.subscriptions[id].subscription()
		if s.Confirmed() && slices.Contains(s.Cadences, c) && subscriberShard(id) == shard && id > after && len(ids) < limit {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// ClaimMailing does as [Table.ClaimMailing].
func (m *Memory) ClaimMailing(_ context.Context, period string, revision int, id aid.SubscriptionID, _ time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := mailedKey(period, revision, id)
	first := !m.mailed[k]
	m.mailed[k] = true
	return first, nil
}

// ReleaseMailing does as [Table.ReleaseMailing].
func (m *Memory) ReleaseMailing(_ context.Context, period string, revision int, id aid.SubscriptionID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.mailed, mailedKey(period, revision, id))
	return nil
}

// AnnounceReport does as [Reporter.AnnounceReport].
func (m *Memory) AnnounceReport(ctx context.Context, period string, revision int, at time.Time) error {
	if err := checkReport(period, revision); err != nil {
		return fmt.Errorf("announce report: %w", err)
	}
	if revision > 1 {
		return nil
	}
	return m.ContinueMailing(ctx, aid.Mailing{Period: period, Revision: revision}, 0, at)
}

// ContinueMailing does as [Table.ContinueMailing].
func (m *Memory) ContinueMailing(_ context.Context, next aid.Mailing, n int64, at time.Time) error {
	if err := checkReport(next.Period, next.Revision); err != nil {
		return fmt.Errorf("post mailing: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	k := ReportLetterKey(next.Period, next.Revision, n)
	if _, there := m.letters[k]; !there {
		m.letters[k] = mailingItemOf(next, n, at).letter()
	}
	return nil
}
