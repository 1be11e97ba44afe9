package publish

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// record is what the page of one hand-over says of its place and commitment.
type record struct {
	Place        string
	Area         area.Code
	Demo         bool
	Commitment   string
	Name         string
	Class        aid.Class
	Route        aid.Route
	Aggregator   aid.AggregatorID
	Things       [][4]string
	Letter       string
	Fingerprints []string
	Delivery     deliveryFile
}

// records returns what is recorded of each hand-over in a recipient's file, as
// bytes that differ when it does.
func (f RecipientFile) records() (map[aid.BASTNumber][]byte, error) {
	said := map[aid.BASTNumber][]byte{}
	for _, c := range f.Commitments {
		r := record{
			Place: f.Name, Area: f.Area, Demo: f.Demo, Commitment: c.Number, Name: c.Name, Class: c.Class, Route: c.Route, Aggregator: c.Aggregator,
			Letter: c.Letter, Fingerprints: c.Fingerprints,
		}
		for _, l := range c.Lines {
			r.Things = append(r.Things, [4]string{string(l.Package), l.Free, l.Equivalent, l.Unit})
		}
		for _, d := range c.Deliveries {
			r.Delivery = d
			body, err := json.Marshal(r)
			if err != nil {
				return nil, fmt.Errorf("encode record %s: %w", d.Number, err)
			}
			said[d.Number] = body
		}
	}
	return said, nil
}

// records returns the pages of a recipient's hand-overs that say something else
// than when its file was written last, and in a sweep all of them. They are
// written before that file: who dies between leaves the difference to be seen.
func (p *Publisher) records(
	ctx context.Context, data *File, said RecipientFile, place aid.Place, commitments []aid.Commitment, evidence []aid.Evidence, which pageSet,
) ([]File, error) {
	fresh, err := said.records()
	if err != nil || len(fresh) == 0 {
		return nil, err
	}
	var before map[aid.BASTNumber][]byte
	if !which.keep {
		if before, err = p.recorded(ctx, data); err != nil {
			return nil, err
		}
	}
	var files []File
	for _, c := range commitments {
		for _, d := range c.Deliveries {
			if bytes.Equal(before[d.Number], fresh[d.Number]) {
				continue
			}
			pages, err := p.each("bast/"+string(d.Number)+"/index.html", func(p Pages) ([]byte, error) { return p.BAST(place, c, d, evidence) })
			if err != nil {
				return nil, fmt.Errorf("render record %s: %w", d.Number, err)
			}
			files = append(files, pages...)
		}
	}
	return files, nil
}

// recorded returns what the file that data is to replace says of hand-overs.
func (p *Publisher) recorded(ctx context.Context, data *File) (map[aid.BASTNumber][]byte, error) {
	object, err := p.store.Get(ctx, data.Path)
	if errors.Is(err, aid.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", data.Path, err)
	}
	data.stood = &object
	var old RecipientFile
	if err := json.Unmarshal(object.Body, &old); err != nil {
		return nil, fmt.Errorf("read %s: %w", data.Path, err)
	}
	return old.records()
}
