package issuer

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestOnlyGoodTokensPass(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	file := filepath.Join(t.TempDir(), "key.pem")
	open := func(file, url string) *Issuer {
		i, err := Open(file, url)
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	ours := open(file, "http://localhost/oidc")
	token, err := ours.Token(now, "console", map[string]any{"role": "assessor"})
	if err != nil {
		t.Fatal(err)
	}
	// The key survives a restart, and so do the tokens.
	again := open(file, "http://localhost/oidc")
	claims, err := again.Check(token, now.Add(59*time.Minute), []string{"other", "console"})
	if err != nil || claims["role"] != "assessor" || claims["token_use"] != "access" {
		t.Fatalf("claims: got %v, %v", claims, err)
	}
	id, err := ours.IDToken(now, "console", nil)
	if err != nil {
		t.Fatal(err)
	}
	if claims, err := ours.Check(id, now, []string{"console"}); err != nil || claims["token_use"] != "id" {
		t.Errorf("a gateway lets an id token of its audience pass; what is behind it must look: %v, %v", claims, err)
	}
	foreign := open(filepath.Join(t.TempDir(), "key.pem"), "http://localhost/oidc")
	parts := strings.Split(token, ".")
	other, err := ours.Token(now, "console", map[string]any{"role": "admin"})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		by       *Issuer
		token    string
		at       time.Time
		audience string
	}{
		"expired":           {ours, token, now.Add(time.Hour), "console"},
		"from the future":   {ours, token, now.Add(-time.Hour), "console"},
		"another audience":  {ours, token, now, "citizens"},
		"another key":       {foreign, token, now, "console"},
		"another issuer":    {open(file, "http://localhost/else"), token, now, "console"},
		"exchanged claims":  {ours, parts[0] + "." + strings.Split(other, ".")[1] + "." + parts[2], now, "console"},
		"without signature": {ours, parts[0] + "." + parts[1] + ".", now, "console"},
		"algorithm none":    {ours, Unsigned(token), now, "console"},
		"no token":          {ours, "abc", now, "console"},
	} {
		if _, err := c.by.Check(c.token, c.at, []string{c.audience}); err == nil {
			t.Errorf("a token that is %s passed", name)
		}
	}
}
