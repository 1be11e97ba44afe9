package report

import (
	"cmp"
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

type giver struct {
	Giver
	last time.Time // of the latest commitment
}

// NewGivers begins to collect who gave in a region.
func NewGivers(pack *region.Pack) *Givers {
	return &Givers{pack: pack, all: map[giverKey]*giver{}}
}

// Add takes the commitments to one recipient. Those that do not hold are left
// out.
func (g *Givers) Add(r aid.Recipient, commitments []aid.Commitment) {
	catalogue := g.pack.Catalogue()
	reached := map[giverKey]bool{}
	for _, c := range commitments {
		if c.PledgedAt.IsZero() || !c.State.Counts() {
			continue
		}
		k := giverKey{seen(c.Name), c.Class}
		if strings.EqualFold(k.name, aid.HambaAllah) {
			k.name = ""
		}
		one := g.all[k]
		day := aid.DayOf(c.PledgedAt, g.pack.Zone)
		if one == nil {
			one = &giver{Giver: Giver{Name: k.name, Class: k.class, Since: day}}
			g.all[k] = one
		}
		one.Commitments++
		one.Since, one.Demo = min(one.Since, day), one.Demo || c.Demo || r.Demo
		for i, l := range c.Lines {
			if c.Line(i).Received > 0 {
				reached[k] = true
			}
			if tally.FormOf(l.Package, catalogue) != tally.FormLoan {
				one.Received += c.Worth(i).Received
			}
		}
		// Equal instants are told apart, so that the order of recipients does not
		// matter.
		if later := cmp.Or(c.PledgedAt.Compare(one.last), cmp.Compare(r.ID, one.Latest.Recipient)); later > 0 {
			one.last, one.Latest = c.PledgedAt, Whereabouts{r.ID, r.Name, r.Area}
		}
	}
	for k := range reached {
		g.all[k].Places++
	}
}

// List returns everybody who was collected as they stood at an instant.
func (g *Givers) List(asOf time.Time) Collaborators {
	c := Collaborators{Schema: "/data/schemas/collaborators.json", AsOf: asOf.UTC(), Region: g.pack.Root, Classes: []ClassOfGivers{}, Named: []Giver{}}
	classes := map[aid.Class]ClassOfGivers{}
	for k, one := range g.all {
		of := classes[k.class]
		if c.Demo = c.Demo || one.Demo; k.name == "" {
			of.Anonymous = one.Given
		} else {
			of.Names++
			of.Named = of.Named.Plus(one.Given)
			c.Named = append(c.Named, one.Giver)
		}
		classes[k.class] = of
	}
	for _, class := range aid.Classes {
		of := classes[class]
		of.Class = class
		c.Classes = append(c.Classes, of)
	}
	slices.SortFunc(c.Named, func(a, b Giver) int {
		return cmp.Or(cmp.Compare(b.Received, a.Received), cmp.Compare(b.Commitments, a.Commitments), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Class, b.Class))
	})
	return c
}
