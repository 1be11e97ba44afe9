package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/region"
	"ksbb/shared/table"
)

// catalogueStore is the part of the tables that the catalogue is edited in.
type catalogueStore interface {
	Catalogue(context.Context) ([]aid.Amendment, error)
	CatalogueHistory(ctx context.Context, list aid.List, id string) ([]aid.Amendment, error)
	PutCatalogueEntry(context.Context, aid.Amendment) error
	Record(context.Context, table.Act) error
}

// standing returns the region's pack as it stands now, with what was amended.
func (s *server) standing(ctx context.Context) (*region.Pack, []aid.Amendment, error) {
	amendments, err := s.store.Catalogue(ctx)
	if err != nil {
		return nil, nil, err
	}
	pack, err := s.pack.Amended(amendments)
	return pack, amendments, err
}

// versionOf returns the version of an entry: 0 as the pack has it.
func versionOf(amendments []aid.Amendment, list aid.List, id string) int64 {
	i := slices.IndexFunc(amendments, func(a aid.Amendment) bool { return a.List == list && a.ID == id })
	if i < 0 {
		return 0
	}
	return amendments[i].Version
}

// editionBody is one version of an entry.
type editionBody struct {
	Version int64     `json:"version"`
	At      time.Time `json:"at"`
	Changed []string  `json:"changed" doc:"Names of the members that differ from the version before"`
}

// editions returns the versions of an entry, the newest first.
func (s *server) editions(ctx context.Context, list aid.List, id string) ([]editionBody, error) {
	history, err := s.store.CatalogueHistory(ctx, list, id)
	if err != nil {
		return nil, err
	}
	var before []byte
	if e, err := s.pack.Entry(list, id); err == nil {
		if before, err = json.Marshal(e); err != nil {
			return nil, fmt.Errorf("encode %s %s: %w", list, id, err)
		}
	}
	all := []editionBody{}
	for _, a := range history {
		changed, err := differing(before, a.Entry)
		if err != nil {
			return nil, fmt.Errorf("compare %s %s: %w", list, id, err)
		}
		all = append(all, editionBody{Version: a.Version, At: a.At, Changed: changed})
		before = a.Entry
	}
	slices.Reverse(all)
	return all, nil
}

// differing names the members in which two JSON objects differ, in order. No
// object at all has no members.
func differing(before, after []byte) ([]string, error) {
	var a, b map[string]json.RawMessage
	if len(before) > 0 {
		if err := json.Unmarshal(before, &a); err != nil {
			return nil, err
		}
	}
	if err := json.Unmarshal(after, &b); err != nil {
		return nil, err
	}
	names := []string{}
	for name, v := range b {
		if string(a[name]) != string(v) {
			names = append(names, name)
		}
	}
	for name := range a {
		if _, stays := b[name]; !stays {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// edit is a change of one entry of the catalogue.
type edit struct {
	list    aid.List
	id      string
	deed    aid.Deed
	action  string
	object  string
	version int64 // that the editor saw
	reason  string
	// make returns the entry as it is to be, from the pack as it stands. Its id
	// may be new.
	make func(*region.Pack) (any, error)
}

// amend makes an edit on behalf of the caller. It is refused if the entry is at
// another version than the editor saw, and with an *InvalidError if the catalogue
// would not hold together with it.
func (s *server) amend(ctx context.Context, who caller, request string, e edit) error {
	pack, amendments, err := s.standing(ctx)
	if err != nil {
		return err
	}
	if now := versionOf(amendments, e.list, e.id); now != e.version {
		return fmt.Errorf("%s is at version %d: %w", e.object, now, aid.ErrStale)
	}
	entry, err := e.make(pack)
	if err != nil {
		return err
	}
	after, err := json.Marshal(entry)
	if err != nil {
		return fmt.Errorf("encode %s: %w", e.object, err)
	}
	amendment := aid.Amendment{List: e.list, ID: e.id, Entry: after, Version: e.version + 1, At: s.instant()}
	if _, err := s.pack.Amended(amendedBy(amendments, amendment)); err != nil {
		return invalid("", "catalogue", err.Error())
	}
	act := s.act(who, request, e.deed, e.action, e.object, "", e.reason)
	if before, err := pack.Entry(e.list, e.id); err == nil {
		text, err := json.Marshal(before)
		if err != nil {
			return fmt.Errorf("encode %s: %w", e.object, err)
		}
		act.Before = string(text)
	}
	act.After = string(after)
	if err := s.store.PutCatalogueEntry(table.Acting(ctx, act), amendment); err != nil {
		return err
	}
	_, err = s.region.Fresh(ctx) // whoever edits goes on with what they edited
	return err
}

// amendedBy returns amendments with one entry as it is to be.
func amendedBy(amendments []aid.Amendment, a aid.Amendment) []aid.Amendment {
	all := slices.DeleteFunc(slices.Clone(amendments), func(b aid.Amendment) bool { return b.List == a.List && b.ID == a.ID })
	return append(all, a)
}

// cleaner cleans texts that everybody will read, and collects what is wrong.
type cleaner struct{ wrong []aid.Field }

func (c *cleaner) text(pointer, s string, most int) string {
	clean, err := aid.CleanText(oneLine(s), most)
	var refused *aid.TextError
	if errors.As(err, &refused) {
		c.wrong = append(c.wrong, aid.Field{Pointer: pointer, Code: refused.Code, Detail: refused.Detail})
	}
	return clean
}

// oneLine joins the lines that somebody typed into a large field.
func oneLine(s string) string { return strings.NewReplacer("\r\n", " ", "\n", " ").Replace(s) }

// name cleans a text that must not be empty.
func (c *cleaner) name(pointer, s string, most int) string {
	clean := c.text(pointer, s, most)
	if strings.TrimSpace(s) == "" {
		c.wrong = append(c.wrong, aid.Field{Pointer: pointer, Code: "required", Detail: "must not be empty"})
	}
	return clean
}

// day refuses what is no calendar day.
func (c *cleaner) day(pointer string, d aid.Day) {
	if _, err := aid.ParseDay(string(d)); err != nil {
		c.wrong = append(c.wrong, aid.Field{Pointer: pointer, Code: "date", Detail: "want a calendar day YYYY-MM-DD"})
	}
}

// err returns everything that is wrong.
func (c *cleaner) err() error {
	if len(c.wrong) == 0 {
		return nil
	}
	return &aid.InvalidError{Fields: c.wrong}
}

// entryOf reads an entry of the pack as it stands, and its version. What there is
// not is version 0 and wraps ErrNotFound.
func entryOf[E any](pack *region.Pack, list aid.List, id string) (E, error) {
	found, err := pack.Entry(list, id)
	e, ok := found.(E)
	if err == nil && !ok {
		err = fmt.Errorf("%s %q: %w", list, id, aid.ErrNotFound)
	}
	return e, err
}

// unlessUnknown passes over that an entry is not there yet.
func unlessUnknown(err error) error {
	if errors.Is(err, aid.ErrNotFound) {
		return nil
	}
	return err
}
