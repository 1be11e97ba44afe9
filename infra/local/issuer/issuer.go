// Package issuer signs staff in on this machine. It stands in for the identity
// provider of the console: the same addresses, codes, tokens and signature, a key
// that never leaves the data folder, and a page to pick somebody from in place
// of a password.
package issuer

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// An Issuer signs tokens in the name of URL.
type Issuer struct {
	URL string
	key *rsa.PrivateKey
	id  string
}

// Open returns the issuer whose key is in file, which is made if there is none.
func Open(file, url string) (*Issuer, error) {
	key, err := keyIn(file)
	if err != nil {
		return nil, fmt.Errorf("open issuer key: %w", err)
	}
	sum := sha256.Sum256(key.N.Bytes())
	return &Issuer{URL: url, key: key, id: base64.RawURLEncoding.EncodeToString(sum[:12])}, nil
}

func keyIn(file string) (*rsa.PrivateKey, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, err
		}
		text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
		return key, os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s holds no key", file)
	}
	return x509.ParsePKCS1PrivateKey(block.Bytes)
}

// Token returns an access token of a client, good for an hour. The claims are
// laid over the usual ones.
func (i *Issuer) Token(now time.Time, client string, claims map[string]any) (string, error) {
	all := usual(i.URL, now)
	all["client_id"], all["token_use"], all["scope"] = client, "access", "openid email profile"
	maps.Copy(all, claims)
	return i.sign(all)
}

// IDToken returns a token that says to a client who signed in, and opens nothing.
func (i *Issuer) IDToken(now time.Time, client string, claims map[string]any) (string, error) {
	all := usual(i.URL, now)
	all["aud"], all["token_use"] = client, "id"
	maps.Copy(all, claims)
	return i.sign(all)
}

// usual are the claims of every token.
func usual(issuer string, now time.Time) map[string]any {
	return map[string]any{
		"iss": issuer, "sub": uuid.NewString(), "jti": uuid.NewString(),
		"iat": now.Unix(), "auth_time": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}
}

func part(v any) string {
	text, _ := json.Marshal(v) // maps of strings and numbers always marshal
	return base64.RawURLEncoding.EncodeToString(text)
}

func (i *Issuer) sign(claims map[string]any) (string, error) {
	signed := part(map[string]any{"alg": "RS256", "typ": "JWT", "kid": i.id}) + "." + part(claims)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, i.key, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// Unsigned returns a token as a forger would make it: the same claims, and the
// algorithm "none".
func Unsigned(token string) string {
	parts := strings.SplitN(token, ".", 3)
	return part(map[string]any{"alg": "none", "typ": "JWT"}) + "." + parts[1] + "."
}

// Check returns the claims of a token of this issuer that is good now and made
// for one of the audiences.
func (i *Issuer) Check(token string, now time.Time, audiences []string) (map[string]any, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, errors.New("not a token")
	}
	var head struct{ Alg, Kid string }
	var claims map[string]any
	for n, into := range []any{&head, &claims} {
		text, err := base64.RawURLEncoding.DecodeString(parts[n])
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, into); err != nil {
			return nil, err
		}
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if head.Alg != "RS256" || head.Kid != i.id || rsa.VerifyPKCS1v15(&i.key.PublicKey, crypto.SHA256, sum[:], signature) != nil {
		return nil, errors.New("not signed by this issuer")
	}
	seconds := func(name string) time.Time {
		n, _ := claims[name].(float64)
		return time.Unix(int64(n), 0)
	}
	audience, _ := claims["aud"].(string)
	if audience == "" {
		audience, _ = claims["client_id"].(string)
	}
	switch {
	case claims["iss"] != i.URL:
		return nil, errors.New("made by another issuer")
	case !now.Before(seconds("exp")):
		return nil, errors.New("expired")
	case now.Add(time.Minute).Before(seconds("iat")):
		return nil, errors.New("made in the future")
	case !slices.Contains(audiences, audience):
		return nil, errors.New("made for another audience")
	}
	return claims, nil
}

// Configuration answers /.well-known/openid-configuration.
func (i *Issuer) Configuration(w http.ResponseWriter, r *http.Request) {
	answer(w, map[string]any{
		"issuer": i.URL, "jwks_uri": i.URL + "/.well-known/jwks.json",
		"authorization_endpoint": i.URL + "/oauth2/authorize", "token_endpoint": i.URL + "/oauth2/token",
		"revocation_endpoint": i.URL + "/oauth2/revoke", "end_session_endpoint": i.URL + "/logout",
		"code_challenge_methods_supported":      []string{"S256"},
		"token_endpoint_auth_methods_supported": []string{"none"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"subject_types_supported":               []string{"public"}, "response_types_supported": []string{"code"},
	})
}

// Keys answers /.well-known/jwks.json.
func (i *Issuer) Keys(w http.ResponseWriter, r *http.Request) {
	answer(w, map[string]any{"keys": []any{map[string]string{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": i.id,
		"n": base64.RawURLEncoding.EncodeToString(i.key.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(i.key.E)).Bytes()),
	}}})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
