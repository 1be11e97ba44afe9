package main

import (
	"context"
	"math"
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

// warningStore is the part of the tables in which suspicious likenesses are found.
type warningStore interface {
	SamePhone(ctx context.Context, c aid.Commitment, since time.Time) ([]table.PhoneUse, error)
	SamePicture(ctx context.Context, sha256 string) ([]table.EvidenceRef, error)
}

// What makes a promise worth a second look.
const (
	phoneDays   = 30     // another promise with the same number is as old as this at most
	apartMetres = 25_000 // what one giver hands over on one day is not further apart
)

// warnings lists what somebody who decides about a commitment should look at
// twice. None of them proves anything.
func (s *server) warnings(ctx context.Context, f found, files []aid.Evidence) ([]warningBody, error) {
	warnings := []warningBody{}
	all, err := s.store.Commitments(ctx, f.Recipient)
	if err != nil {
		return nil, err
	}
	if twins := twinsAmong(all, f.Commitment); len(twins) > 0 {
		warnings = append(warnings, warningBody{Code: "duplicate", With: twins})
	}
	for _, i := range overNeed(f) {
		warnings = append(warnings, warningBody{Code: "over-need", With: []withBody{}, Line: &i})
	}
	uses, err := s.store.SamePhone(ctx, f.Commitment, s.instant().AddDate(0, 0, -phoneDays))
	if err != nil {
		return nil, err
	}
	if len(uses) > 0 {
		others := make([]withBody, len(uses))
		for i, u := range uses {
			others[i] = withBody{u.Commitment, u.Commitment.Number()}
		}
		warnings = append(warnings, warningBody{Code: "same-phone", With: others})
	}
	far, err := s.farAway(ctx, f, uses)
	if err != nil {
		return nil, err
	}
	same, err := s.samePictures(ctx, f, files)
	if err != nil {
		return nil, err
	}
	if len(same) > 0 {
		warnings = append(warnings, warningBody{Code: "same-picture", With: same})
	}
	return append(warnings, far...), nil
}

// twinsAmong returns the other promises of the same collaborator to the same
// recipient, in the same programme, that count as well.
func twinsAmong(all []aid.Commitment, c aid.Commitment) []withBody {
	var twins []withBody
	for _, o := range all {
		if o.ID != c.ID && o.Collaborator == c.Collaborator && o.Program == c.Program && o.State.Counts() && c.State.Counts() {
			twins = append(twins, withBody{o.ID, o.ID.Number()})
		}
	}
	return twins
}

// overNeed returns the lines that give more units of something than there are
// people at the place to use them, and those of a need that was lowered below
// what is promised since.
func overNeed(f found) []int {
	var lines []int
	most := max(f.place.Recipient.People, f.place.Recipient.Households)
	for i, l := range f.Lines {
		over := l.Need == "" && most > 0 && l.Quantity > most
		for _, n := range f.place.Needs {
			over = over || n.ID == l.Need && n.Remaining() < 0
		}
		if over && f.State.Counts() {
			lines = append(lines, i)
		}
	}
	return lines
}

// farAway warns of promises with the same number of which something is handed
// over on the same day, far from each other.
func (s *server) farAway(ctx context.Context, f found, uses []table.PhoneUse) ([]warningBody, error) {
	days := daysOf(f.Commitment)
	var far []warningBody
	for _, u := range uses {
		if u.Recipient == f.Recipient || len(days) == 0 {
			continue
		}
		other, err := s.store.Commitment(ctx, u.Recipient, u.Commitment)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(daysOf(other), func(d aid.Day) bool { return slices.Contains(days, d) }) {
			continue
		}
		place, _, err := s.store.Place(ctx, u.Recipient)
		if err != nil {
			return nil, err
		}
		if metres := place.Recipient.Point.Metres(f.place.Recipient.Point); metres >= apartMetres {
			far = append(far, warningBody{Code: "far-away", With: []withBody{{other.ID, other.ID.Number()}}, Metres: int64(math.Round(metres/1000)) * 1000})
		}
	}
	return far, nil
}

// daysOf returns the days on which something of a commitment was, or is to be,
// handed over.
func daysOf(c aid.Commitment) []aid.Day {
	var days []aid.Day
	if c.Schedule.On != "" && c.State.Counts() {
		days = append(days, c.Schedule.On)
	}
	for _, d := range c.Deliveries {
		days = append(days, d.On)
	}
	return days
}

// samePictures returns the other commitments that came with a file of this one.
func (s *server) samePictures(ctx context.Context, f found, files []aid.Evidence) ([]withBody, error) {
	var same []withBody
	for _, e := range files {
		if e.State != aid.EvidenceAccepted {
			continue
		}
		refs, err := s.store.SamePicture(ctx, e.SHA256)
		if err != nil {
			return nil, err
		}
		for _, r := range refs {
			other := withBody{r.Commitment, r.Commitment.Number()}
			if r.Commitment != "" && r.Commitment != f.ID && !slices.Contains(same, other) {
				same = append(same, other)
			}
		}
	}
	return same, nil
}
