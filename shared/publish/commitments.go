package publish

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// CommitmentsFile says who promised what to the recipients of one group in one
// kelurahan, as a map shows it. Everything in it stands in the recipients' own
// files, too. It is the one immutable file that names collaborators, and expires
// a month after it was superseded.
type CommitmentsFile struct {
	Schema string          `json:"$schema"`
	Area   area.Code       `json:"area"`
	Group  aid.GroupID     `json:"group"`
	Rows   []CommitmentRow `json:"rows"` // by recipient, newest first
	// More is how many older ones of a recipient were left out.
	More map[aid.RecipientID]int64 `json:"more,omitempty"`
}

// rowsKept is how many commitments to one recipient are listed, so that the
// file stays small where hundreds give.
const rowsKept = 10

// CommitmentRow is one commitment that stands in the totals.
type CommitmentRow struct {
	Number     string           `json:"number"`
	Recipient  aid.RecipientID  `json:"recipient"`
	State      aid.State        `json:"state"`
	Name       string           `json:"name"`
	Class      aid.Class        `json:"class"`
	Program    aid.ProgramID    `json:"program"`
	Route      aid.Route        `json:"route"`
	Aggregator aid.AggregatorID `json:"aggregator,omitempty"`
	Period     aid.Period       `json:"period"`
	Schedule   *aid.Appointment `json:"schedule,omitempty"`
	PledgedAt  string           `json:"pledgedAt"`
	Lines      []rowLine        `json:"lines"`
	BAST       []aid.BASTNumber `json:"bast"`
}

// rowLine is one thing promised, and how its units stand.
type rowLine struct {
	Package    aid.PackageID `json:"package,omitempty"`
	Free       string        `json:"free,omitempty"`
	Equivalent string        `json:"equivalent,omitempty"`
	Unit       string        `json:"unit"`
	Quantity   int64         `json:"quantity"`
	Committed  int64         `json:"committed"`
	Delivered  int64         `json:"delivered"`
	Received   int64         `json:"received"`
}

// rowsOf returns the newest of a recipient's commitments that stand in the
// totals, newest first, and how many more there are.
func rowsOf(to aid.RecipientID, commitments []aid.Commitment) (rows []CommitmentRow, more int64) {
	var counts []aid.Commitment
	for _, c := range commitments {
		if c.State.Counts() {
			counts = append(counts, c)
		}
	}
	slices.SortFunc(counts, func(a, b aid.Commitment) int {
		return cmp.Or(b.PledgedAt.Compare(a.PledgedAt), cmp.Compare(b.ID, a.ID))
	})
	for _, c := range counts[:min(len(counts), rowsKept)] {
		rows = append(rows, rowOf(to, c))
	}
	return rows, int64(len(counts) - len(rows))
}

func rowOf(to aid.RecipientID, c aid.Commitment) CommitmentRow {
	r := CommitmentRow{
		Number: c.ID.Number(), Recipient: to, State: c.State, Name: c.DisplayName(), Class: c.Class, Program: c.Program,
		Route: c.Route, Aggregator: c.Aggregator, Period: c.Period, PledgedAt: instant(c.PledgedAt), Lines: []rowLine{}, BAST: []aid.BASTNumber{},
	}
	if c.Schedule != (aid.Appointment{}) {
		r.Schedule = &c.Schedule
	}
	for i, l := range c.Lines {
		n := c.Line(i)
		r.Lines = append(r.Lines, rowLine{
			Package: l.Package, Free: l.Free, Equivalent: l.Equivalent, Unit: l.Unit, Quantity: l.Quantity,
			Committed: n.Committed, Delivered: n.Delivered, Received: n.Received,
		})
	}
	for _, d := range c.Deliveries {
		r.BAST = append(r.BAST, d.Number)
	}
	return r
}

// commitments returns the file of what was promised to the recipients of a
// list, or none where nothing was: read anew of those whose history was read,
// and as it stood at path, the file before, of the others.
func (p *Publisher) commitments(
	ctx context.Context, l list, recipients map[aid.RecipientID]history, path string, read map[aid.RecipientID]past,
) ([]pending, error) {
	f := CommitmentsFile{Schema: "/data/schemas/commitments.json", Area: l.kelurahan, Group: l.group, Rows: []CommitmentRow{}, More: map[aid.RecipientID]int64{}}
	var before CommitmentsFile
	ids := slices.Sorted(maps.Keys(recipients))
	if path != "" && slices.ContainsFunc(ids, func(id aid.RecipientID) bool { _, ok := read[id]; return !ok }) {
		var err error
		if before, err = recall[CommitmentsFile](ctx, p.tree, path); err != nil {
			return nil, err
		}
	}
	stood := map[aid.RecipientID][]CommitmentRow{}
	for _, r := range before.Rows {
		stood[r.Recipient] = append(stood[r.Recipient], r)
	}
	for _, id := range ids {
		rows, more := stood[id], before.More[id]
		if past, ok := read[id]; ok {
			rows, more = past.rows, past.more
		}
		f.Rows = append(f.Rows, rows...)
		if more > 0 {
			f.More[id] = more
		}
	}
	if len(f.Rows) == 0 {
		return nil, nil
	}
	body, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("encode commitments of %s in %s: %w", l.group, l.kelurahan, err)
	}
	file := hashed("data/v1/commitments/"+string(l.kelurahan)+"."+string(l.group), ".json", jsonType, append(body, '\n'))
	file.CacheControl = forADay
	return []pending{{p.tree, file, f}}, nil
}
