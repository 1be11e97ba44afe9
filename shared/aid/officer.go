package aid

import (
	"fmt"
	"slices"
	"time"

	"ksbb/shared/area"
)

// Account is what the platform knows of somebody who logs in. It says what they
// may do; who they are, the identity provider proves.
type Account struct {
	Staff
	Name      string
	Suspended bool
	Version   int64 // rises by one with every change; 0 until there is one
	ChangedAt time.Time
}

// Check applies every rule for an account. known tells whether there is such an
// area. It returns an *InvalidError that lists all that is wrong.
func (a Account) Check(cat *Catalogue, known func(area.Code) bool) (Account, error) {
	var c checker
	a.Name = c.text("/name", a.Name, MaxName, "text")
	if !slices.Contains(StaffRoles, a.Role) {
		c.wrong("/role", "unknown", "one of %v", StaffRoles)
	}
	a.Areas = slices.Compact(slices.Sorted(slices.Values(a.Areas)))
	for i, code := range a.Areas {
		switch {
		case !known(code):
			c.wrong(fmt.Sprintf("/areas/%d", i), "unknown", "no such area")
		case a.Role == StaffKelurahan && code.Level() != area.Kelurahan:
			c.wrong(fmt.Sprintf("/areas/%d", i), "not_allowed", "want a kelurahan")
		}
	}
	switch {
	case a.Role == StaffKelurahan && len(a.Areas) == 0:
		c.wrong("/areas", "required", "an officer of a kelurahan answers for one at least")
	case a.Role == StaffAggregator && len(a.Areas) > 0:
		c.wrong("/areas", "not_allowed", "an aggregator is limited to its own promises, wherever they go")
	case len(a.Areas) > MaxAreas:
		c.wrong("/areas", "too_long", "at most %d", MaxAreas)
	}
	if _, ok := cat.Aggregators[a.Aggregator]; a.Role == StaffAggregator && !ok {
		c.wrong("/aggregator", "unknown", "no such aggregator")
	} else if a.Role != StaffAggregator && a.Aggregator != "" {
		c.wrong("/aggregator", "not_allowed", "only with the role aggregator")
	}
	if len(c.fields) > 0 {
		return Account{}, &InvalidError{Fields: c.fields}
	}
	return a, nil
}

// MaxAreas bounds the areas that somebody answers for: all of them go into each
// access token.
const MaxAreas = 50

// Same tells whether two accounts say the same, whenever they were written.
func (a Account) Same(b Account) bool {
	return a.ID == b.ID && a.Role == b.Role && a.Aggregator == b.Aggregator && a.Name == b.Name && a.Suspended == b.Suspended &&
		slices.Equal(a.Areas, b.Areas)
}
