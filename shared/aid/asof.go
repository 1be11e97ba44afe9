package aid

import (
	"slices"
	"time"
)

// AsOf returns the commitment as it stood just before instant t: what happened
// at t or later is not in it, and what time alone had done by then is, even if
// nobody had noticed yet. So a report of a past period says the same whenever
// it is made. It returns false when nothing had been pledged by then.
//
// Name and lines are those of now: a name that was taken back is nowhere any
// more.
func (c Commitment) AsOf(t time.Time, cat *Catalogue) (Commitment, bool) {
	if c.Rests(t, t) {
		return c, true // most of the past: nothing has to be repeated
	}
	return c.repeated(t, cat)
}

// Rests tells whether a commitment that was pledged stands as it does now at
// every instant from one to another: its last step was before them, and time
// does nothing to it until they are over. It may say no of one that does.
func (c Commitment) Rests(from, to time.Time) bool {
	return !c.PledgedAt.IsZero() && len(c.Log) > 0 && (c.DueAt.IsZero() || !c.DueAt.Before(to)) &&
		!slices.ContainsFunc(c.Log, func(e Event) bool { return !e.At.Before(from) })
}

// repeated is AsOf of a commitment to which something happened since: its life
// is lived again until instant t.
func (c Commitment) repeated(t time.Time, cat *Catalogue) (Commitment, bool) {
	was := c
	was.State, was.Version = Submitted, 0
	was.PledgedAt, was.ContactedAt, was.SilentAt, was.SignedAt = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	was.ReleasedAt, was.EndedAt, was.ForgottenAt = time.Time{}, time.Time{}, time.Time{}
	was.Renewed, was.Schedule, was.Letter, was.Reason = false, Appointment{}, "", ""
	was.Deliveries, was.Log = nil, nil
	was.ContactBy = time.Time{}
	for _, e := range c.Log {
		if e.At.Before(t) {
			was = was.again(e, c, cat)
		}
	}
	was.DueAt = was.due(cat)
	for was.State != Submitted {
		after, m, _, ok := was.Elapsed(t.Add(-1), cat)
		if !ok {
			break
		}
		if was = after; m == Forget {
			break // nothing comes after it
		}
	}
	return was, !was.PledgedAt.IsZero()
}

// again repeats one step of a life. full is the commitment as it stands now,
// which holds what the step does not.
func (c Commitment) again(e Event, full Commitment, cat *Catalogue) Commitment {
	switch e.Move {
	case Verify:
		c.State, c.PledgedAt = Pledged, e.At
		c.ContactBy = e.At.Add(hours(cat.Limits.ContactHours))
	case Speak:
		c.State, c.ContactedAt = next[c.State][Speak], e.At
	case Silent:
		c.SilentAt = e.At
		c = c.extended(cat)
	case Renew:
		c.Renewed = true
		if c.State == Lapsed {
			c.ContactBy, c.EndedAt = e.At, time.Time{}
		}
		c.State = next[c.State][Renew]
		if !c.SignedAt.IsZero() {
			c.State = Signed
		}
		c = c.extended(cat)
	case Schedule:
		// Which day it was then is not remembered, and stands in no figure.
		c.State, c.Schedule = next[c.State][Schedule], full.Schedule
	case Sign:
		c.State, c.SignedAt, c.Letter = Signed, e.At, full.Letter
	case Report, Receive, Settle, Correct:
		c = c.handed(e, full)
	case Release:
		c.ReleasedAt, c.Reason = e.At, full.Reason
		c = c.outcome(e.At)
	case Withdraw:
		c.State, c.EndedAt, c.Reason = Withdrawn, e.At, full.Reason
	case Lapse:
		c.State, c.EndedAt = Lapsed, e.At
	case Drop:
		c.State, c.EndedAt = Dropped, e.At
	case Forget:
		c.ForgottenAt = e.At
	}
	c.Version++
	c.Log = append(c.Log, e)
	return c
}

// handed repeats a step about a delivery.
func (c Commitment) handed(e Event, full Commitment) Commitment {
	i := e.Delivery - 1
	if i < 0 || i >= len(full.Deliveries) || i > len(c.Deliveries) {
		return c
	}
	now := full.Deliveries[i]
	if i == len(c.Deliveries) {
		now.Answer, now.Received, now.AnsweredAt, now.Via, now.SettledAt, now.SettledBy = "", nil, time.Time{}, "", time.Time{}, ""
		c.Deliveries = append(slices.Clone(c.Deliveries), now)
		if c.ContactedAt.IsZero() {
			c.ContactedAt = e.At
		}
	}
	if e.Move != Report {
		d := c.Deliveries[i]
		if e.Move == Settle || e.Move == Correct {
			d.SettledAt, d.SettledBy = e.At, e.By
		} else {
			if !slices.Equal(e.Received, d.Received) {
				d.SettledAt, d.SettledBy = time.Time{}, ""
			}
			d.AnsweredAt, d.Via = e.At, full.Deliveries[i].Via
			d.Answer = answerOf(e.Received, d.Quantities)
		}
		d.Received = slices.Clone(e.Received)
		c.Deliveries = slices.Clone(c.Deliveries)
		c.Deliveries[i] = d
	}
	return c.outcome(e.At)
}

func answerOf(received, reported []int64) Answer {
	switch {
	case slices.Equal(received, reported):
		return Full
	case !some(received):
		return None
	}
	return Fewer
}

// AsOf returns the place as it stood just before instant t, with its
// commitments: counters and activity are what the commitments of then add up
// to. Who lives there, and which needs are listed, is as it is now; how much was
// needed is as it was.
func (p Place) AsOf(t time.Time, commitments []Commitment, cat *Catalogue) (Place, []Commitment) {
	then := make([]Commitment, 0, len(commitments))
	for _, c := range commitments {
		if was, ok := c.AsOf(t, cat); ok {
			then = append(then, was)
		}
	}
	s := StandingOf(then)
	last := DayOf(t.Add(-1), cat.Zone)
	p.Needs = slices.Clone(p.Needs)
	for i, n := range p.Needs {
		held := s.Needs[n.ID]
		n.Committed, n.Delivered, n.Received = held.Committed, held.Delivered, held.Received
		n.Needed = max(n.NeededAt(t), held.Sum())
		n.ConfirmedOn = min(n.ConfirmedOn, last)
		p.Needs[i] = n
	}
	p.Activity = Activity{
		Rev: p.Activity.Rev, Plan: p.Activity.Plan, UpdatedAt: p.Activity.UpdatedAt,
		Open: s.Open, Pledged: s.Pledged, Lapsed: s.Lapsed, Hours: s.Hours,
		FreeCommitted: Rupiah(s.Free.Committed), FreeDelivered: Rupiah(s.Free.Delivered), FreeReceived: Rupiah(s.Free.Received),
	}
	return p, then
}
