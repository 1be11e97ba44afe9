package demo

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
)

//go:embed settings
var embedded embed.FS

// settings says how much of what a region's demonstration has, so that the
// generator itself knows no region. Ranges include both ends.
type settings struct {
	Territorial struct {
		PerArea    [2]int               `json:"perArea"`    // RW in a kelurahan without known points
		Exceptions map[area.Code][2]int `json:"exceptions"` // the same for the kelurahan of an area
		Households [2]int               `json:"households"`
	} `json:"territorial"`
	Kinds      map[aid.KindID]kindSetting `json:"kinds"`
	Flags      []flagSetting              `json:"flags"`
	Indicators map[aid.IndicatorID]int    `json:"indicators"` // highest figure
	Needs      []needSetting              `json:"needs"`
	History    historySetting             `json:"history"`
}

// kindSetting has households or people, whichever is counted there.
type kindSetting struct {
	Count      int    `json:"count"`
	Households [2]int `json:"households"`
	People     [2]int `json:"people"`
}

type flagSetting struct {
	Flag  aid.FlagID   `json:"flag"`
	Kinds []aid.KindID `json:"kinds"`
	Share float64      `json:"share"`
}

// needSetting gives a share of the recipients of some kinds a need whose size
// is a random part of Range times what Per counts.
type needSetting struct {
	Package aid.PackageID `json:"package"`
	Kinds   []aid.KindID  `json:"kinds"`
	Flag    aid.FlagID    `json:"flag"` // only recipients that carry it
	Share   float64       `json:"share"`
	Per     string        `json:"per"` // "household", "person" or "recipient"
	Range   [2]float64    `json:"range"`
}

// historySetting describes the commitments of the past. Shares by class and by
// area are weights.
type historySetting struct {
	Collaborators int                   `json:"collaborators"`
	Commitments   int                   `json:"commitments"` // delivered, received or in dispute
	Ended         int                   `json:"ended"`       // withdrawn or lapsed, beside those
	Days          int                   `json:"days"`        // how far back they reach
	Classes       map[aid.Class]float64 `json:"classes"`
	Areas         map[area.Code]float64 `json:"areas"`
	Territorial   float64               `json:"territorial"` // share that went to RW
	Staple        float64               `json:"staple"`      // share of the staples below
	// Weights within the staples and within everything else.
	Staples map[aid.PackageID]float64 `json:"staples"`
	Others  map[aid.PackageID]float64 `json:"others"`
	// Estimates says what one unit of a package without a price is worth, more or
	// less.
	Estimates map[aid.PackageID]aid.Rupiah `json:"estimates"`
}

// settingsFor returns the settings written for a region, or modest ones made
// from its pack.
func settingsFor(pack *region.Pack) (settings, error) {
	b, err := embedded.ReadFile("settings/" + pack.Name + ".json")
	if errors.Is(err, fs.ErrNotExist) {
		return usual(pack), nil
	}
	if err != nil {
		return settings{}, fmt.Errorf("read demo settings of %s: %w", pack.Name, err)
	}
	var s settings
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return settings{}, fmt.Errorf("decode demo settings of %s: %w", pack.Name, err)
	}
	return s, s.check(pack)
}

// check refuses settings that point to what the pack does not have.
func (s settings) check(pack *region.Pack) error {
	var wrong []error
	missing := func(what, id string, ok bool) {
		if !ok {
			wrong = append(wrong, fmt.Errorf("demo settings of %s: no %s %q", pack.Name, what, id))
		}
	}
	kinds := func(ids []aid.KindID) {
		for _, id := range ids {
			_, ok := pack.Kind(id)
			missing("kind", string(id), ok)
		}
	}
	packages := func(ids ...aid.PackageID) {
		for _, id := range ids {
			_, ok := pack.Package(id)
			missing("package", string(id), ok)
		}
	}
	flags := map[aid.FlagID]bool{"": true}
	for _, f := range pack.Flags {
		flags[f.ID] = true
	}
	for id := range s.Kinds {
		kinds([]aid.KindID{id})
	}
	for _, f := range s.Flags {
		missing("flag", string(f.Flag), flags[f.Flag])
		kinds(f.Kinds)
	}
	for _, n := range s.Needs {
		packages(n.Package)
		missing("flag", string(n.Flag), flags[n.Flag])
		kinds(n.Kinds)
	}
	packages(slices.Collect(maps.Keys(s.History.Staples))...)
	packages(slices.Collect(maps.Keys(s.History.Others))...)
	packages(slices.Collect(maps.Keys(s.History.Estimates))...)
	for code := range s.History.Areas {
		_, ok := pack.Area(code)
		missing("area", string(code), ok)
	}
	return errors.Join(wrong...)
}

// usual makes settings for a region that has none of its own: every kind and
// every package of a running programme occurs, and a fifth of the places has
// received something.
func usual(pack *region.Pack) settings {
	var s settings
	s.Territorial.PerArea, s.Territorial.Households = [2]int{4, 12}, [2]int{80, 600}
	s.Kinds, s.Indicators = map[aid.KindID]kindSetting{}, map[aid.IndicatorID]int{}
	h := &s.History
	h.Staples, h.Others, h.Estimates = map[aid.PackageID]float64{}, map[aid.PackageID]float64{}, map[aid.PackageID]aid.Rupiah{}
	lowest := len(pack.At(area.Kelurahan))
	territorial, _ := pack.Territorial()
	for _, k := range pack.Kinds {
		if !k.Territorial {
			s.Kinds[k.ID] = kindSetting{Count: lowest/2 + 1, People: [2]int{12, 90}}
		}
	}
	for _, f := range pack.Flags {
		s.Flags = append(s.Flags, flagSetting{Flag: f.ID, Kinds: []aid.KindID{territorial.ID}, Share: 0.3})
	}
	for _, i := range pack.Indicators {
		s.Indicators[i.ID] = 10
	}
	for _, p := range pack.Packages {
		if g, _ := pack.Program(p.Program); !g.Running {
			continue
		}
		n := needSetting{Package: p.ID, Kinds: p.Kinds, Share: 0.5, Per: "recipient", Range: [2]float64{1, 6}}
		switch {
		case p.MilliHouseholdDays >= 1000:
			n.Share, n.Per, n.Range = 1, "household", [2]float64{0.2, 0.6}
			h.Staples[p.ID] = 1
		case p.MilliHouseholdDays > 0:
			n.Per, n.Range = "person", [2]float64{0.1, 0.4}
			h.Others[p.ID] = 1
		default:
			h.Others[p.ID] = 1
		}
		h.Estimates[p.ID] = 500_000
		s.Needs = append(s.Needs, n)
	}
	h.Collaborators, h.Commitments, h.Ended, h.Days = lowest+1, 2*lowest, lowest/10, 190
	h.Territorial, h.Staple = 0.8, 0.8
	h.Classes, h.Areas = map[aid.Class]float64{}, map[area.Code]float64{}
	for _, c := range aid.Classes {
		h.Classes[c] = 1
	}
	for _, a := range pack.At(area.Kelurahan) {
		h.Areas[a.Code.At(area.Kota)]++
	}
	return s
}
