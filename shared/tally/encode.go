package tally

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// A Giving is written again with every change of an area, and read by nobody
// but the next publication: so figures stand in rows without names, and zeros at
// the end of a row are left out. That makes it a quarter as long.

// givingJSON is a Giving as it is written.
type givingJSON struct {
	Cells     []cellJSON                 `json:"cells"`
	Groups    []groupJSON                `json:"groups"`
	Days      map[aid.Day][]int64        `json:"days,omitempty"`
	Givers    Distinct                   `json:"givers"`
	ByClass   map[aid.Class]Distinct     `json:"byClass,omitempty"`
	ByProgram map[aid.ProgramID]Distinct `json:"byProgram,omitempty"`
	Reached   int64                      `json:"reached"`
	Hours     Hours                      `json:"hours,omitempty"`
	Largest   []Large                    `json:"largest,omitempty"`
	Latest    []actJSON                  `json:"latest,omitempty"`
}

type cellJSON struct {
	Cell
	Units []int64 `json:"units"`
	Value []int64 `json:"value"`
}

// actJSON is an act with short names, and without what it does not have.
type actJSON struct {
	At        time.Time       `json:"t"`
	Move      aid.Move        `json:"m"`
	Number    string          `json:"n"`
	BAST      aid.BASTNumber  `json:"b,omitempty"`
	Recipient aid.RecipientID `json:"r"`
	Place     string          `json:"l,omitempty"`
	Area      area.Code       `json:"a,omitempty"`
	Name      string          `json:"w"`
	Class     aid.Class       `json:"c"`
	Program   aid.ProgramID   `json:"p"`
	Things    []Things        `json:"q"`
	Demo      bool            `json:"d,omitempty"`
}

type groupJSON struct {
	Group
	Number []int64 `json:"number"`
}

// MarshalJSON writes the same bytes for the same sums, whatever they were added
// up from.
func (g Giving) MarshalJSON() ([]byte, error) {
	j := givingJSON{
		Cells: make([]cellJSON, 0, len(g.Cells)), Groups: make([]groupJSON, 0, len(g.Groups)), Days: make(map[aid.Day][]int64, len(g.Days)),
		Givers: g.Givers, ByClass: g.ByClass, ByProgram: g.ByProgram, Reached: g.Reached, Hours: g.Hours, Largest: g.Largest,
	}
	for _, a := range g.Latest {
		j.Latest = append(j.Latest, actJSON(a))
	}
	for _, k := range slices.SortedFunc(maps.Keys(g.Cells), Cell.Compare) {
		a := g.Cells[k]
		j.Cells = append(j.Cells, cellJSON{k, row(a.Units.figures()), row(a.Value.figures())})
	}
	for _, k := range slices.SortedFunc(maps.Keys(g.Groups), Group.Compare) {
		n := g.Groups[k]
		j.Groups = append(j.Groups, groupJSON{k, row(n.figures())})
	}
	for d, h := range g.Days {
		j.Days[d] = row(h.figures())
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (g *Giving) UnmarshalJSON(b []byte) error {
	var j givingJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*g = Giving{
		Cells: make(map[Cell]Amount, len(j.Cells)), Groups: make(map[Group]Number, len(j.Groups)), Days: make(map[aid.Day]Happened, len(j.Days)),
		Givers: j.Givers, ByClass: j.ByClass, ByProgram: j.ByProgram, Reached: j.Reached, Hours: j.Hours, Largest: j.Largest,
	}
	for _, a := range j.Latest {
		g.Latest = append(g.Latest, Act(a))
	}
	for _, c := range j.Cells {
		var a Amount
		fill(a.Units.figures(), c.Units)
		fill(a.Value.figures(), c.Value)
		g.Cells[c.Cell] = a
	}
	for _, c := range j.Groups {
		var n Number
		fill(n.figures(), c.Number)
		g.Groups[c.Group] = n
	}
	for d, figures := range j.Days {
		var h Happened
		fill(h.figures(), figures)
		g.Days[d] = h
	}
	return nil
}

// figures lists where the figures stand, in the order in which they are
// written.
func (s *Stand) figures() []*int64 {
	return []*int64{&s.Needed, &s.Committed, &s.Delivered, &s.Received, &s.Disputed, &s.Lapsed, &s.Withdrawn}
}

func (n *Number) figures() []*int64 {
	return []*int64{&n.Pledged, &n.Holding, &n.Delivered, &n.Received, &n.Disputed, &n.Lapsed, &n.Withdrawn, &n.Disputes}
}

func (h *Happened) figures() []*int64 {
	return []*int64{
		&h.Pledged, &h.PledgedValue, &h.Delivered, &h.DeliveredValue, &h.Received, &h.ReceivedValue,
		&h.Lapsed, &h.LapsedValue, &h.Withdrawn, &h.WithdrawnValue,
	}
}

// row returns figures without the zeros at their end.
func row(figures []*int64) []int64 {
	n := make([]int64, 0, len(figures))
	kept := 0
	for i, f := range figures {
		if n = append(n, *f); *f != 0 {
			kept = i + 1
		}
	}
	return n[:kept]
}

// fill sets figures to those of a row.
func fill(figures []*int64, row []int64) {
	for i, n := range row[:min(len(row), len(figures))] {
		*figures[i] = n
	}
}
