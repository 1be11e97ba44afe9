package page

import (
	"encoding/json"
	"fmt"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
)

// atlasView is the map that one can move, with what its script cannot read from
// the public tree: the words and the prices of the region.
type atlasView struct {
	frame
	Kinds      []atlasKind
	Programs   []region.Program
	Indicators []region.Indicator
	Flags      []region.Flag
	Parts      []crumb // the kota
	Rough      bool    // the shapes are guesses
	Region     string  // an atlasRegion, as JSON
}

// atlasKind is a kind of recipient and how it is drawn.
type atlasKind struct {
	ID      aid.KindID `json:"id"`
	Name    string     `json:"name"`
	Steward string     `json:"steward"`
	Mark    string     `json:"mark"` // "round", "square" or "diamond"
}

// atlasRegion is what the page tells its script, as JSON.
type atlasRegion struct {
	Root       area.Code                   `json:"root"`
	Zone       atlasZone                   `json:"zone"`
	Box        [4]float64                  `json:"box"` // west, south, east, north of what is seen first
	Kinds      []atlasKind                 `json:"kinds"`
	Programs   []atlasName                 `json:"programs"`
	Packages   []atlasPackage              `json:"packages"`
	Indicators []region.Indicator          `json:"indicators"`
	Flags      []region.Flag               `json:"flags"`
	Classes    map[aid.Class]string        `json:"classes"`
	Partners   map[aid.AggregatorID]string `json:"partners"`
}

// atlasZone is the region's own time.
type atlasZone struct {
	Name    string `json:"name"`
	Minutes int    `json:"minutes"` // east of UTC
}

type atlasName struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// atlasPackage is a package with what stands after a number of it, and its
// latest reference price: 0 where there is none, and for loans, which are not
// given.
type atlasPackage struct {
	ID      aid.PackageID `json:"id"`
	Program aid.ProgramID `json:"program"`
	Name    string        `json:"name"`
	One     string        `json:"one"`
	Other   string        `json:"other"`
	Price   aid.Rupiah    `json:"price"`
}

// atlas adds the map that one can move. It is the same whatever happens.
func (r *Renderer) atlas(add func(path, template string, view any) error) error {
	region := r.atlasRegion()
	said, err := json.Marshal(region)
	if err != nil {
		return fmt.Errorf("encode what the map knows of the region: %w", err)
	}
	v := atlasView{
		frame: r.frame("/peta/", r.lang.Say("Peta bantuan"),
			r.lang.Say("Siapa masih membutuhkan apa, siapa memberi apa, dan sampai mana: di peta dan di daftar."), "atlas.js"),
		Indicators: r.pack.Indicators, Flags: r.pack.Flags, Region: string(said),
	}
	v.Wide, v.Kinds = true, region.Kinds
	for _, p := range r.pack.Programs {
		if p.Running {
			v.Programs = append(v.Programs, p)
		}
	}
	for _, a := range r.pack.Children(r.pack.Root) {
		v.Parts = append(v.Parts, crumb{Name: a.Name, Path: r.areaPath(a.Code)})
	}
	for _, s := range r.charts.shapes {
		v.Rough = v.Rough || s.Approximate
	}
	return add("peta/index.html", "atlas", v)
}

func (r *Renderer) atlasRegion() atlasRegion {
	a := atlasRegion{
		Root: r.pack.Root, Zone: atlasZone{r.pack.Zone.String(), r.zoneMinutes()}, Box: r.firstSight(), Indicators: r.pack.Indicators, Flags: r.pack.Flags,
		Classes: map[aid.Class]string{}, Partners: map[aid.AggregatorID]string{},
	}
	for _, k := range r.pack.Kinds {
		mark := "diamond"
		switch {
		case k.Territorial:
			mark = "round"
		case k.Institution:
			mark = "square"
		}
		a.Kinds = append(a.Kinds, atlasKind{ID: k.ID, Name: k.Name, Steward: k.Steward, Mark: mark})
	}
	for _, p := range r.pack.Programs {
		a.Programs = append(a.Programs, atlasName{string(p.ID), p.Name})
	}
	for _, p := range r.pack.Packages {
		said := atlasPackage{ID: p.ID, Program: p.Program, Name: p.Name, One: p.Thing(1), Other: p.Thing(2)}
		if n := len(p.Prices); n > 0 && p.Modality != aid.Loan {
			said.Price = p.Prices[n-1].Amount
		}
		a.Packages = append(a.Packages, said)
	}
	for _, c := range aid.Classes {
		a.Classes[c] = r.lang.Class(c)
	}
	for _, p := range r.pack.Aggregators {
		a.Partners[p.ID] = p.Name
	}
	return a
}

// firstSight returns the box around everything that is not in an inset.
func (r *Renderer) firstSight() [4]float64 {
	b := r.pack.Box
	box := [4]float64{b.East, b.North, b.West, b.South}
	for code, s := range r.charts.shapes {
		if r.inset(code) {
			continue
		}
		for _, ring := range s.Rings {
			for _, p := range ring {
				box = [4]float64{min(box[0], p.Lng), min(box[1], p.Lat), max(box[2], p.Lng), max(box[3], p.Lat)}
			}
		}
	}
	return box
}

// inset tells whether an area is drawn apart because it lies too far away.
func (r *Renderer) inset(code area.Code) bool {
	for _, in := range r.pack.Insets {
		if in.Contains(code) {
			return true
		}
	}
	return false
}

// namesPath is where the names of all areas are; they are nobody's language.
const namesPath = "peta/nama.json"

// names lists every area below the province as JSON, {"areas":[["31.74","Jakarta
// Selatan"],…]}: what the search on the map knows before it reads any place. It
// is an object, for the publisher writes its generation into it.
func (r *Renderer) names() ([]byte, error) {
	rows := [][2]string{}
	for _, a := range r.pack.Areas {
		if a.Code != r.pack.Root {
			rows = append(rows, [2]string{string(a.Code), a.Name})
		}
	}
	body, err := json.Marshal(map[string]any{"areas": rows})
	if err != nil {
		return nil, fmt.Errorf("encode names of areas: %w", err)
	}
	return append(body, '\n'), nil
}
