package aid

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// What rests is not lived again; living it again must say the same.
func TestACommitmentThatRestsStandsAsItsLifeRepeated(t *testing.T) {
	t.Parallel()
	rested := 0
	for range 20 { // of -rapid.checks lives each
		rapid.Check(t, func(rt *rapid.T) {
			l := begin(t)
			c, now := l.c, noon
			for range rapid.IntRange(1, 14).Draw(rt, "steps") {
				now = now.Add(time.Duration(rapid.IntRange(1, 30*60).Draw(rt, "minutes")) * time.Minute)
				if rapid.IntRange(0, 3).Draw(rt, "long") == 0 {
					now = now.AddDate(0, 0, rapid.IntRange(1, 100).Draw(rt, "days"))
				}
				for rapid.Bool().Draw(rt, "the clock looks") {
					after, _, _, ok := c.Elapsed(now, lifeRules)
					if !ok {
						break
					}
					c = after
				}
				by := rapid.SampledFrom([]Role{Collaborator, Steward, Officer}).Draw(rt, "role")
				if allowed := c.Allowed(by); len(allowed) > 0 {
					if after, err := attempt(c, rapid.SampledFrom(allowed).Draw(rt, "move"), by, now); err == nil {
						c = after
					}
				}
				if rapid.IntRange(0, 7).Draw(rt, "asked to forget") == 0 {
					if after, err := c.Forgotten(Collaborator, now, lifeRules); err == nil {
						c = after
					}
				}
			}
			for range 8 {
				at := now.Add(time.Duration(rapid.IntRange(-30, 100*24*60).Draw(rt, "at")) * time.Minute)
				until := at.Add(time.Duration(rapid.IntRange(0, 10*24*60).Draw(rt, "minutes more")) * time.Minute)
				if !c.Rests(at, until) {
					continue
				}
				rested++
				for _, when := range []time.Time{at, until} {
					was, ok := c.repeated(when, lifeRules)
					// A reminder is no step of a life, and neither a version nor what was told
					// stands in any figure.
					was.Version, was.Told = c.Version, c.Told
					if !ok || !reflect.DeepEqual(was, c) {
						rt.Fatalf("after %v, %v as of %v:\n%+v\nlived again\n%+v", steps(c), ok, when, c, was)
					}
				}
			}
		})
	}
	if rested < 100 {
		t.Errorf("only %d instants were looked at in which a commitment rests", rested)
	}
}
