package region

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"ksbb/shared/aid"
)

// The entries of the catalogue as the pack's files, and amendments, write them.
type (
	// ProgramEntry is one programme.
	ProgramEntry struct {
		ID      aid.ProgramID `json:"id"`
		Name    string        `json:"name"`
		Running bool          `json:"running"`
		Summary string        `json:"summary,omitempty"`
		Kinds   []aid.KindID  `json:"kinds"`
	}
	// PackageEntry is one package. Without Kinds it is for those of its programme.
	PackageEntry struct {
		ID                 aid.PackageID `json:"id"`
		Program            aid.ProgramID `json:"program"`
		Name               string        `json:"name"`
		Unit               string        `json:"unit"`
		Per                string        `json:"per,omitempty"`
		Summary            string        `json:"summary,omitempty"`
		Contents           []string      `json:"contents"`
		Modality           aid.Modality  `json:"modality"`
		DirectOnly         bool          `json:"directOnly,omitempty"`
		Equivalents        bool          `json:"equivalents,omitempty"`
		Once               bool          `json:"once,omitempty"`
		Prices             []PriceEntry  `json:"prices,omitempty"`
		MilliHouseholdDays int64         `json:"milliHouseholdDays,omitempty"`
		Kinds              []aid.KindID  `json:"kinds,omitempty"`
		Note               string        `json:"note,omitempty"`
	}
	// PriceEntry is the reference price of one unit from a day on.
	PriceEntry struct {
		From   aid.Day    `json:"from"`
		Amount aid.Rupiah `json:"amount"`
	}
	// AggregatorEntry is one distribution partner.
	AggregatorEntry struct {
		ID             aid.AggregatorID `json:"id"`
		Name           string           `json:"name"`
		Permit         PermitEntry      `json:"permit"`
		OperatingShare *float64         `json:"operatingShare,omitempty"`
		Frozen         time.Time        `json:"frozen,omitzero"`
		Note           string           `json:"note,omitempty"`
	}
	// PermitEntry is the licence of a distribution partner.
	PermitEntry struct {
		Number   string  `json:"number"`
		Until    aid.Day `json:"until"`
		Revoked  aid.Day `json:"revoked,omitempty"`
		Evidence string  `json:"evidence,omitempty"`
	}
)

// entries is what of a pack may be amended.
type entries struct {
	programs    []ProgramEntry
	packages    []PackageEntry
	aggregators []AggregatorEntry
}

// Entry returns an entry of the catalogue as its file writes it. An unknown one
// wraps [aid.ErrNotFound].
func (p *Pack) Entry(list aid.List, id string) (any, error) {
	var found any
	ok := false
	switch list {
	case aid.ProgramList:
		found, ok = find(p.entries.programs, func(e ProgramEntry) bool { return string(e.ID) == id })
	case aid.PackageList:
		found, ok = find(p.entries.packages, func(e PackageEntry) bool { return string(e.ID) == id })
	case aid.AggregatorList:
		found, ok = find(p.entries.aggregators, func(e AggregatorEntry) bool { return string(e.ID) == id })
	}
	if !ok {
		return nil, fmt.Errorf("%s %q: %w", list, id, aid.ErrNotFound)
	}
	return found, nil
}

// Amended returns the pack with entries of its catalogue replaced or added. It
// applies every check that reading a pack does, and lists all that is wrong. The
// pack itself stays as it is; without amendments it is returned.
func (p *Pack) Amended(amendments []aid.Amendment) (*Pack, error) {
	if len(amendments) == 0 {
		return p, nil
	}
	q := *p
	q.Programs, q.Packages, q.Aggregators = nil, nil, nil
	programs := slices.Clone(p.entries.programs)
	packages := slices.Clone(p.entries.packages)
	aggregators := slices.Clone(p.entries.aggregators)
	r := &reader{pack: &q}
	for _, a := range amendments {
		r.file = string(a.List) + "/" + a.ID
		switch a.List {
		case aid.ProgramList:
			programs = amend(r, programs, a, func(e ProgramEntry) string { return string(e.ID) })
		case aid.PackageList:
			packages = amend(r, packages, a, func(e PackageEntry) string { return string(e.ID) })
		case aid.AggregatorList:
			aggregators = amend(r, aggregators, a, func(e AggregatorEntry) string { return string(e.ID) })
		default:
			r.refuse("%q is no list of the catalogue", a.List)
		}
	}
	r.file = "programs"
	r.addPrograms(programsFile{programs})
	r.file = "packages"
	r.addPackages(packagesFile{packages})
	r.file = "aggregators"
	r.addAggregators(aggregatorsFile{aggregators})
	if len(r.wrong) > 0 {
		return nil, fmt.Errorf("amend region pack: %w", errors.Join(r.wrong...))
	}
	q.finish()
	q.lowest = p.lowest // areas are not amended, and drawing them takes long
	return &q, nil
}

// amend puts an entry instead of the one of its id, or after all others.
func amend[E any](r *reader, all []E, a aid.Amendment, idOf func(E) string) []E {
	var e E
	d := json.NewDecoder(bytes.NewReader(a.Entry))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		r.refuse("%w", err)
		return all
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		r.refuse("something follows the JSON value")
		return all
	}
	if idOf(e) != a.ID {
		r.refuse("the entry calls itself %q", idOf(e))
		return all
	}
	if i := slices.IndexFunc(all, func(e E) bool { return idOf(e) == a.ID }); i >= 0 {
		all[i] = e
		return all
	}
	return append(all, e)
}
