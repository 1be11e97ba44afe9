package main

import (
	"context"

	"ksbb/shared/aid"
)

// warnings lists what somebody who decides about a commitment should look at
// twice. None of them proves anything.
func (s *server) warnings(ctx context.Context, f found) ([]warningBody, error) {
	all, err := s.store.Commitments(ctx, f.Recipient)
	if err != nil {
		return nil, err
	}
	warnings := []warningBody{}
	if twins := alikeAmong(all, f.Commitment); len(twins) > 0 {
		warnings = append(warnings, warningBody{Code: "duplicate", With: twins})
	}
	for _, i := range overNeed(f) {
		warnings = append(warnings, warningBody{Code: "over-need", With: []withBody{}, Line: &i})
	}
	return warnings, nil
}

// alikeAmong returns the other promises of the same collaborator to the same
// recipient, in the same programme, that count as well.
func alikeAmong(all []aid.Commitment, c aid.Commitment) []withBody {
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
