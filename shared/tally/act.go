package tally

import (
	"cmp"
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// Act is one public step of one commitment, as news tell it: who gave what to
// whom. It holds nothing that the recipient's public file does not.
type Act struct {
	At        time.Time       `json:"at"`
	Move      aid.Move        `json:"move"` // verify (promised), report (delivered), receive, settle
	Number    string          `json:"number"`
	BAST      aid.BASTNumber  `json:"bast,omitempty"` // of the hand-over reported or answered
	Recipient aid.RecipientID `json:"recipient"`
	Place     string          `json:"place"` // the recipient's name
	Area      area.Code       `json:"area"`
	Name      string          `json:"name"` // shown, "Hamba Allah" for those who do not show theirs
	Class     aid.Class       `json:"class"`
	Program   aid.ProgramID   `json:"program"`
	Things    []Things        `json:"things"`
	Demo      bool            `json:"demo,omitempty"`
}

// Things are some units of one line of a commitment.
type Things struct {
	Package    aid.PackageID `json:"package,omitempty"` // empty for aid outside any need
	Free       string        `json:"free,omitempty"`
	Equivalent string        `json:"equivalent,omitempty"`
	Unit       string        `json:"unit"`
	Quantity   int64         `json:"quantity"`
}

// ActsKept is how many acts are kept of an area, the newest.
const ActsKept = 30

// compareActs puts the newest first. No two acts of one commitment are equal.
func compareActs(a, b Act) int {
	return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Recipient, b.Recipient), cmp.Compare(a.Move, b.Move), cmp.Compare(a.BAST, b.BAST))
}

// ActsOf returns the newest public acts in the history of a recipient: what was
// promised, reported, answered or settled of the commitments that stand in the
// totals. An answer that nothing came names what was expected, none of each.
// Where the same hand-over was answered twice at one instant, the second answer
// is told.
func ActsOf(r aid.Recipient, commitments []aid.Commitment) []Act {
	var all []Act
	for _, c := range commitments {
		if !c.State.Counts() {
			continue
		}
		for _, e := range c.Log {
			a := Act{
				At: e.At.UTC().Round(0), Move: e.Move, Number: c.ID.Number(), Recipient: r.ID,
				Name: c.DisplayName(), Class: c.Class, Program: c.Program,
			}
			switch e.Move {
			case aid.Verify:
				a.Things = thingsOf(c, func(i int) int64 { return c.Lines[i].Quantity })
			case aid.Report, aid.Receive, aid.Settle:
				if e.Delivery < 1 || e.Delivery > len(c.Deliveries) {
					continue
				}
				d := c.Deliveries[e.Delivery-1]
				moved := e.Received
				if e.Move == aid.Report {
					moved = d.Quantities
				}
				a.BAST = d.Number
				a.Things = thingsOf(c, func(i int) int64 { return at(moved, i) })
				if len(a.Things) == 0 {
					a.Things = thingsOf(c, func(i int) int64 { return at(d.Quantities, i) })
					for i := range a.Things {
						a.Things[i].Quantity = 0
					}
				}
			}
			if len(a.Things) == 0 {
				continue
			}
			all = slices.DeleteFunc(all, func(b Act) bool { return compareActs(a, b) == 0 })
			all = append(all, a)
		}
	}
	return Told(r, newest(all))
}

// thingsOf lists the lines of a commitment of which some units moved.
func thingsOf(c aid.Commitment, moved func(line int) int64) (things []Things) {
	for i, l := range c.Lines {
		if n := moved(i); n > 0 {
			things = append(things, Things{Package: l.Package, Free: l.Free, Equivalent: l.Equivalent, Unit: l.Unit, Quantity: n})
		}
	}
	return things
}

// at returns what a list says of a line, and nothing where it does not reach.
func at(units []int64, line int) int64 {
	if line >= len(units) {
		return 0
	}
	return units[line]
}

// Told returns acts as they are told of a recipient today, who may have another
// name than when they were done.
func Told(r aid.Recipient, acts []Act) []Act {
	told := slices.Clone(acts)
	for i := range told {
		told[i].Place, told[i].Area, told[i].Demo = r.Name, r.Area, r.Demo
	}
	return told
}

// newest puts acts in order and leaves out all but the newest.
func newest(acts []Act) []Act {
	slices.SortFunc(acts, compareActs)
	return acts[:min(len(acts), ActsKept)]
}
