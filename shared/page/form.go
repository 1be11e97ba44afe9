package page

import (
	"fmt"
	"strings"

	"ksbb/shared/aid"
	"ksbb/shared/region"
)

type formView struct {
	frame
	ID          aid.RecipientID
	Name        string
	Back        crumb
	Closed      bool
	Into        string // as on the page of the place
	Programs    []formProgram
	Near        []placeLine
	Limits      aid.Limits
	Aggregators []formAggregator
	Classes     []classOption
	Rules       []formRule
	ZoneMinutes int    // east of UTC, so that "today" is the region's
	Coarse      string // kinds whose exact place is not shown, so that nothing is said of distances to it
}

// formProgram is a programme that the place needs something of. One commitment
// belongs to one programme, so the form offers one at a time.
type formProgram struct {
	region.Program
	Chosen bool
	Needs  []formNeed
}

type formNeed struct {
	needView
	Prices  string // "2020-04-24:200000 …", for the sum under the quantity
	Default int64
	Chosen  bool
	Index   int
}

type formAggregator struct {
	region.Aggregator
	Until aid.Day // last day on which the permit is in force
}

type classOption struct {
	ID   aid.Class
	Name string
}

type formRule struct {
	Text     string
	Programs string
}

// Form renders the form by which aid is promised to a place. near are places
// close by that have received nothing, nearest first.
func (r *Renderer) Form(p aid.Place, near []aid.Place) ([]byte, error) {
	rec := p.Recipient
	full := r.fullName(rec)
	v := formView{
		frame: r.frame("/bantu/"+string(rec.ID)+"/", r.lang.Say("Bantu %s", full), r.lang.Say("Janjikan bantuan untuk %s dalam empat langkah pendek.", full), "bantu.js").hidden(),
		ID:    rec.ID, Name: full, Back: crumb{Name: full, Path: placePath(rec.ID)}, Closed: rec.Closed,
		Near: r.near(rec, near), Limits: r.pack.Limits, ZoneMinutes: r.zoneMinutes(),
	}
	v.Demo = rec.Demo
	if rec.Into != "" {
		v.Into = placePath(rec.Into)
	}
	v.Coarse = r.coarseKinds()
	chosen := -1
	for _, program := range r.pack.Programs {
		if !program.Running {
			continue
		}
		g := formProgram{Program: program}
		for _, n := range r.ordered(p.Needs) {
			if n.Program == program.ID {
				g.Needs = append(g.Needs, r.formNeed(n, p))
			}
		}
		if len(g.Needs) == 0 {
			continue
		}
		if chosen < 0 && firstOpen(g.Needs) >= 0 {
			chosen = len(v.Programs)
		}
		v.Programs = append(v.Programs, g)
	}
	if chosen >= 0 {
		g := &v.Programs[chosen]
		g.Chosen = true
		g.Needs[firstOpen(g.Needs)].Chosen = true
	} else if len(v.Programs) > 0 {
		v.Programs[0].Chosen = true
	} else {
		v.Programs = r.freeOnly(rec)
	}
	index := 0
	for i := range v.Programs {
		for j := range v.Programs[i].Needs {
			v.Programs[i].Needs[j].Index = index
			index++
		}
	}
	for _, a := range r.pack.Aggregators {
		if !a.Frozen.IsZero() {
			continue
		}
		until := a.Permit.Until
		if a.Permit.Revoked != "" {
			// A permit is gone from the day of its revocation on.
			until = min(until, a.Permit.Revoked.Plus(-1))
		}
		v.Aggregators = append(v.Aggregators, formAggregator{Aggregator: a, Until: until})
	}
	for _, c := range aid.Classes {
		v.Classes = append(v.Classes, classOption{ID: c, Name: r.lang.Class(c)})
	}
	for _, rule := range r.pack.GoodsRules {
		var ids []string
		for _, id := range rule.Programs {
			ids = append(ids, string(id))
		}
		v.Rules = append(v.Rules, formRule{Text: rule.Text, Programs: strings.Join(ids, " ")})
	}
	return r.render("form", v)
}

// coarseKinds lists the kinds of recipients whose exact place is not shown.
func (r *Renderer) coarseKinds() string {
	var ids []string
	for _, k := range r.pack.Kinds {
		if r.catalogue.Kinds[k.ID].Coarse {
			ids = append(ids, string(k.ID))
		}
	}
	return strings.Join(ids, " ")
}

// firstOpen returns the first need that somebody may still promise, or -1.
func firstOpen(needs []formNeed) int {
	for i, n := range needs {
		if n.Default > 0 {
			return i
		}
	}
	return -1
}

// freeOnly returns the programmes under which aid outside any need may be given
// to a recipient that needs nothing of the catalogue.
func (r *Renderer) freeOnly(rec aid.Recipient) []formProgram {
	var all []formProgram
	for _, program := range r.pack.Programs {
		if !program.Running {
			continue
		}
		for _, k := range program.Kinds {
			if k == rec.Kind {
				all = append(all, formProgram{Program: program, Chosen: len(all) == 0})
			}
		}
	}
	return all
}

func (r *Renderer) formNeed(n aid.Need, p aid.Place) formNeed {
	f := formNeed{needView: r.need(n, p), Default: min(max(n.Remaining(), 0), r.pack.Limits.MaxUnits)}
	var prices []string
	for _, q := range f.Package.Prices {
		prices = append(prices, fmt.Sprintf("%s:%d", q.From, q.Amount))
	}
	f.Prices = strings.Join(prices, " ")
	return f
}
