package report

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
	"ksbb/shared/tally"
)

// Collaborators lists who gave what, by the names that they chose to show. It is
// data/v1/collaborators.json, which changes in place.
//
// A line is a name and nothing more: what one person gave under a name is never
// joined with what the same person gave as Hamba Allah, and two who show the
// same name share a line.
type Collaborators struct {
	Schema string    `json:"$schema"`
	AsOf   time.Time `json:"asOf"`
	Region area.Code `json:"region"`
	Demo   bool      `json:"demo"` // any commitment is invented
	// Classes say what each class of collaborators gave, those who show no name
	// included, in the order of [aid.Classes].
	Classes []ClassOfGivers `json:"classes"`
	// Named are those who show a name: who gave most that was received comes first.
	// It is the last member of the file.
	Named []Giver `json:"named"`
}

// ClassOfGivers is what one class of collaborators gave.
type ClassOfGivers struct {
	Class aid.Class `json:"class"`
	Names int64     `json:"names"` // different ones shown
	Named Given     `json:"named"`
	// Anonymous is what was given as Hamba Allah, by however many.
	Anonymous Given `json:"anonymous"`
}

// Given is what some commitments that hold amount to.
type Given struct {
	Commitments int64 `json:"commitments"`
	// Received is the value of what was received, gifts and free aid, in rupiah.
	Received int64 `json:"received"`
}

// Plus returns the sum of both.
func (g Given) Plus(h Given) Given {
	return Given{g.Commitments + h.Commitments, g.Received + h.Received}
}

// Giver is what was given under one name.
type Giver struct {
	Name  string    `json:"name"`
	Class aid.Class `json:"class"`
	Given
	Places int64   `json:"places"` // recipients that something was received by
	Since  aid.Day `json:"since"`  // the day of the first commitment
	// Latest is the recipient of the latest commitment.
	Latest Whereabouts `json:"latest"`
	Demo   bool        `json:"demo"`
}

// Whereabouts names a recipient.
type Whereabouts struct {
	Recipient aid.RecipientID `json:"recipient"`
	Name      string          `json:"name"`
	Area      area.Code       `json:"area"`
}

// Givers collects who gave what, one recipient after another.
type Givers struct {
	pack *region.Pack
	all  map[giverKey]*giver
}

// giverKey is what tells two lines apart. An empty name is Hamba Allah.
type giverKey struct {
	name  string
	class aid.Class
}

// giver is a line while it grows. A region may have hundreds of thousands.
type giver struct {
	giverKey
	Given
	places      int64
	first, last int64        // commitments, in nanoseconds since 1970
	latest      *Whereabouts // shared by all that gave there
	demo        bool
}

// NewGivers begins to collect who gave in a region.
func NewGivers(pack *region.Pack) *Givers {
	return &Givers{pack: pack, all: map[giverKey]*giver{}}
}

// Add takes the commitments to one recipient, once. Those that do not hold are
// left out.
func (g *Givers) Add(r aid.Recipient, commitments []aid.Commitment) {
	catalogue := g.pack.Catalogue()
	here := &Whereabouts{r.ID, r.Name, r.Area}
	reached := map[giverKey]bool{}
	for _, c := range commitments {
		if c.PledgedAt.IsZero() || !c.State.Counts() {
			continue
		}
		k := giverKey{seen(c.Name), c.Class}
		if strings.EqualFold(k.name, aid.HambaAllah) {
			k.name = ""
		}
		at := c.PledgedAt.UnixNano()
		one := g.all[k]
		if one == nil {
			one = &giver{giverKey: k, first: at, last: at, latest: here}
			g.all[k] = one
		}
		one.Commitments++
		one.first, one.demo = min(one.first, at), one.demo || c.Demo || r.Demo
		for i, l := range c.Lines {
			if c.Line(i).Received > 0 {
				reached[k] = true
			}
			if tally.FormOf(l.Package, catalogue) != tally.FormLoan {
				one.Received += c.Worth(i).Received
			}
		}
		// Of equal instants one recipient is the latest, in whichever order they come.
		if cmp.Or(cmp.Compare(at, one.last), cmp.Compare(r.ID, one.latest.Recipient)) > 0 {
			one.last, one.latest = at, here
		}
	}
	for k := range reached {
		g.all[k].places++
	}
}

// List returns what was collected as it stood at an instant, with the first most
// of those who show a name.
func (g *Givers) List(asOf time.Time, most int) Collaborators {
	c := Collaborators{Schema: "/data/schemas/collaborators.json", AsOf: asOf.UTC(), Region: g.pack.Root, Classes: []ClassOfGivers{}, Named: []Giver{}}
	classes := map[aid.Class]ClassOfGivers{}
	for k, one := range g.all {
		of := classes[k.class]
		if c.Demo = c.Demo || one.demo; k.name == "" {
			of.Anonymous = one.Given
		} else {
			of.Names++
			of.Named = of.Named.Plus(one.Given)
		}
		classes[k.class] = of
	}
	for _, class := range aid.Classes {
		of := classes[class]
		of.Class = class
		c.Classes = append(c.Classes, of)
	}
	if most > 0 {
		named := g.named()
		for _, one := range named[:min(most, len(named))] {
			c.Named = append(c.Named, g.line(one))
		}
	}
	return c
}

// named returns those who show a name, in order.
func (g *Givers) named() []*giver {
	var all []*giver
	for _, one := range g.all {
		if one.name != "" {
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b *giver) int {
		return cmp.Or(cmp.Compare(b.Received, a.Received), cmp.Compare(b.Commitments, a.Commitments), cmp.Compare(a.name, b.name), cmp.Compare(a.class, b.class))
	})
	return all
}

func (g *Givers) line(one *giver) Giver {
	return Giver{
		Name: one.name, Class: one.class, Given: one.Given, Places: one.places,
		Since: aid.DayOf(time.Unix(0, one.first), g.pack.Zone), Latest: *one.latest, Demo: one.demo,
	}
}

// Write writes the whole list as its file has it, line by line: it may be too
// large to hold.
func (g *Givers) Write(w io.Writer, asOf time.Time) error {
	head, err := json.Marshal(g.List(asOf, 0))
	if err != nil {
		return fmt.Errorf("encode collaborators: %w", err)
	}
	out := bufio.NewWriter(w)
	// What names each of them is the last member. A writer keeps its first error
	// until it is flushed.
	_, _ = out.Write(bytes.TrimSuffix(head, []byte("]}")))
	for i, one := range g.named() {
		line, err := json.Marshal(g.line(one))
		if err != nil {
			return fmt.Errorf("encode collaborator: %w", err)
		}
		if i > 0 {
			_ = out.WriteByte(',')
		}
		_, _ = out.Write(line)
	}
	_, _ = out.WriteString("]}\n")
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write collaborators: %w", err)
	}
	return nil
}
