package problem

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ksbb/shared/aid"
)

func TestEveryRefusalHasItsAnswer(t *testing.T) {
	for want, err := range map[string]error{
		`{"type":"/masalah/not-found/","title":"Not found","status":404}`:                                                         aid.ErrNotFound,
		`{"type":"/masalah/already-exists/","title":"The identifier is taken","status":409}`:                                      aid.ErrExists,
		`{"type":"/masalah/stale/","title":"Changed in the meantime","status":412}`:                                               aid.ErrStale,
		`{"type":"/masalah/denied/","title":"Not allowed","status":403}`:                                                          aid.ErrDenied,
		`{"type":"/masalah/busy/","title":"Busy, try again shortly","status":503}`:                                                aid.ErrBusy,
		`{"type":"/masalah/challenge/","title":"The challenge is not solved","status":422}`:                                       aid.ErrChallenge,
		`{"type":"/masalah/expired/","title":"The time for this has passed","status":410}`:                                        aid.ErrExpired,
		`{"type":"/masalah/fault/","title":"Something broke","status":500}`:                                                       errors.New("secret of the table"),
		`{"type":"/masalah/code/","title":"The code is wrong","status":422,"left":0}`:                                             &aid.CodeError{},
		`{"type":"/masalah/quota/","title":"The daily budget is used up","status":429,"budget":"region"}`:                         &aid.QuotaError{Budget: "region"},
		`{"type":"/masalah/stale/","title":"Changed in the meantime","status":412,"holder":"Vera Contoh"}`:                        &aid.HeldError{By: "vera", Name: "Vera Contoh"},
		`{"type":"/masalah/state/","title":"The commitment's state does not allow this","status":409,"state":"withdrawn"}`:        &aid.StateError{State: aid.Withdrawn},
		`{"type":"/masalah/too-large/","title":"The request is too large","status":413,"detail":"64 KB"}`:                         TooLarge("64 KB"),
		`{"type":"/masalah/malformed/","title":"The request cannot be read","status":400,"detail":"x"}`:                           Malformed("x"),
		`{"type":"/masalah/media-type/","title":"The media type is not supported","status":415,"detail":"want application/json"}`: MediaType(),
		`{"type":"/masalah/method/","title":"Method not allowed","status":405,"detail":"see the Allow header"}`:                   Method(),
		`{"type":"/masalah/invalid/","title":"Some members are wrong","status":422,"detail":"see errors","errors":[{"pointer":"/lines/0/quantity","code":"too_small","detail":"at least 1"}]}`: &aid.InvalidError{
			Fields: []aid.Field{{Pointer: "/lines/0/quantity", Code: "too_small", Detail: "at least 1"}}},
		`{"type":"/masalah/melebihi-sisa/","title":"More than remains","status":409,"detail":"the need has less left than asked for","need":"r:p","remaining":0,"nearby":[{"id":"s","name":"RW 2","remaining":7,"metres":300}]}`: Suggest(
			&aid.OverRemainingError{Need: "r:p"}, []Nearby{{"s", "RW 2", 7, 300}}),
	} {
		got, jsonErr := json.Marshal(Of(fmt.Errorf("commitment 1: %w", err)))
		if jsonErr != nil || string(got) != want {
			t.Errorf("Of(%v)\n got %s, %v\nwant %s", err, got, jsonErr, want)
		}
	}
}

func TestEverySlugIsReachedAndOnlyThose(t *testing.T) {
	seen := map[string]bool{}
	for _, err := range []error{
		aid.ErrNotFound, aid.ErrExists, aid.ErrStale, aid.ErrDenied, aid.ErrBusy, aid.ErrChallenge, aid.ErrExpired, errors.New("x"),
		&aid.CodeError{}, &aid.QuotaError{}, &aid.StateError{}, &aid.InvalidError{}, &aid.OverRemainingError{},
		TooLarge(""), Malformed(""), MediaType(), Method(),
	} {
		p := Of(err)
		if !slices.Contains(Slugs, p.Slug()) || p.Status < 400 || p.Title == "" {
			t.Errorf("Of(%v) = %+v", err, p)
		}
		seen[p.Slug()] = true
	}
	if len(seen) != len(Slugs) {
		t.Errorf("reached %d of %d types: %v", len(seen), len(Slugs), seen)
	}
}

func TestFaultsTellNothing(t *testing.T) {
	err := fmt.Errorf("add commitment: %w", errors.New("siti@example.com is not a string set"))
	if text, _ := json.Marshal(Of(err)); strings.Contains(string(text), "siti") {
		t.Errorf("a fault tells %s", text)
	}
}

func TestBusySaysWhenToComeBack(t *testing.T) {
	if Of(aid.ErrBusy).RetryAfter < 1 || Of(aid.ErrNotFound).RetryAfter != 0 {
		t.Error("Retry-After belongs to busy and to nothing else")
	}
}

// CloudFront replaces every 403 by the site's page for what is not there
// (infra/edge.yaml), so what a person must read may not be one.
func TestOnlyDeniedIs403(t *testing.T) {
	for _, k := range kinds {
		if (k.status == 403) != (k.slug == "denied") {
			t.Errorf("%s is %d", k.slug, k.status)
		}
	}
}
