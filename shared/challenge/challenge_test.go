package challenge

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/altcha-org/altcha-lib-go"

	"ksbb/shared/aid"
)

var expires = time.Date(2026, 3, 2, 5, 10, 0, 0, time.UTC)

func answerTo(t *testing.T, c Challenge, change func(*altcha.Payload)) string {
	t.Helper()
	found, err := altcha.SolveChallengeSafe(c.Challenge, c.Salt, altcha.Algorithm(c.Algorithm), int(c.MaxNumber), 0, nil)
	if err != nil || found == nil {
		t.Fatalf("challenge %+v has no solution: %v", c, err)
	}
	p := altcha.Payload{Algorithm: c.Algorithm, Challenge: c.Challenge, Number: int64(found.Number), Salt: c.Salt, Signature: c.Signature}
	if change != nil {
		change(&p)
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(text)
}

func TestASolvedChallengePaysUntilItExpires(t *testing.T) {
	t.Parallel()
	key := []byte("key")
	c, err := Make(key, 50, expires)
	if err != nil {
		t.Fatal(err)
	}
	paid, err := Solved(key, answerTo(t, c, nil), expires.Add(-time.Second))
	if err != nil || paid != (Payment{c.Challenge, expires}) {
		t.Errorf("Solved = %+v, %v", paid, err)
	}
	if _, err := Solved(key, answerTo(t, c, nil), expires); !errors.Is(err, aid.ErrChallenge) {
		t.Errorf("Solved when it expires = %v", err)
	}
}

func TestWhatIsNoSolutionDoesNotPay(t *testing.T) {
	t.Parallel()
	key := []byte("key")
	c, err := Make(key, 50, expires)
	if err != nil {
		t.Fatal(err)
	}
	for name, answer := range map[string]string{
		"nothing":          "",
		"not base64":       "*",
		"not JSON":         "Kg==",
		"another number":   answerTo(t, c, func(p *altcha.Payload) { p.Number++ }),
		"a longer life":    answerTo(t, c, func(p *altcha.Payload) { p.Salt = strings.Replace(p.Salt, "expires=1", "expires=2", 1) }),
		"no signature":     answerTo(t, c, func(p *altcha.Payload) { p.Signature = "" }),
		"weaker algorithm": answerTo(t, c, func(p *altcha.Payload) { p.Algorithm = "SHA-1" }),
	} {
		if paid, err := Solved(key, answer, expires.Add(-time.Minute)); !errors.Is(err, aid.ErrChallenge) {
			t.Errorf("%s: Solved = %+v, %v", name, paid, err)
		}
	}
	if _, err := Solved([]byte("another"), answerTo(t, c, nil), expires.Add(-time.Minute)); !errors.Is(err, aid.ErrChallenge) {
		t.Errorf("of another installation: %v", err)
	}
}
