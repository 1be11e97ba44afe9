// Package challenge makes and checks proofs of work in the form of ALTCHA v1.
// It keeps none: a signature remembers each, and whoever is paid with one
// records that it was used. It knows no clock and no store.
package challenge

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"

	"github.com/altcha-org/altcha-lib-go"

	"ksbb/shared/aid"
)

// Challenge is a challenge as the ALTCHA v1 client reads it.
type Challenge struct {
	Algorithm string `json:"algorithm"`
	Challenge string `json:"challenge"`
	Salt      string `json:"salt"`
	MaxNumber int64  `json:"maxnumber"`
	Signature string `json:"signature"`
}

// Make returns a challenge of the installation with that key: a number up to
// effort has to be found before it expires.
func Make(key []byte, effort int64, expires time.Time) (Challenge, error) {
	c, err := altcha.CreateChallenge(altcha.ChallengeOptions{
		Algorithm: altcha.SHA256, MaxNumber: effort, HMACKey: keyOf(key), Expires: &expires,
	})
	return Challenge{c.Algorithm, c.Challenge, c.Salt, c.MaxNumber, c.Signature}, err
}

// keyOf is the same in every function, so that one may check what another made.
func keyOf(key []byte) string { return aid.KeyedHash(key, "challenge", "") }

// Payment is a solved challenge. Its ID is the challenge itself, the one part
// that no other spelling of the same answer can change.
type Payment struct {
	ID      string
	Expires time.Time
}

// Solved reads the answer to a challenge that [Make] made with key and that has
// not expired at instant now, or wraps [aid.ErrChallenge]. Whether it was used
// before is for the store to say.
func Solved(key []byte, answer string, now time.Time) (Payment, error) {
	text, err := base64.StdEncoding.DecodeString(answer)
	if err != nil {
		return Payment{}, aid.ErrChallenge
	}
	var p altcha.Payload
	if err := json.Unmarshal(text, &p); err != nil || p.Algorithm != string(altcha.SHA256) {
		return Payment{}, aid.ErrChallenge
	}
	// The library would ask its own clock, so it is told not to look.
	if ok, err := altcha.VerifySolutionSafe(p, keyOf(key), false); err != nil || !ok {
		return Payment{}, aid.ErrChallenge
	}
	seconds, err := strconv.ParseInt(altcha.ExtractParams(p).Get("expires"), 10, 64)
	if err != nil || !now.Before(time.Unix(seconds, 0)) {
		return Payment{}, aid.ErrChallenge
	}
	return Payment{p.Challenge, time.Unix(seconds, 0).UTC()}, nil
}
