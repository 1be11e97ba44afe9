package aid

import (
	"errors"
	"testing"
)

const someID = CommitmentID("0198c0de-0000-7000-8000-00000000002a")

func TestSecretTellsItsCommitmentAndNothingElse(t *testing.T) {
	a, err := Secret([]byte("key"), someID, 1)
	if err != nil {
		t.Fatal(err)
	}
	if id, err := SecretCommitment(a); err != nil || id != someID {
		t.Errorf("SecretCommitment = %s, %v; want %s", id, err, someID)
	}
	if b, _ := Secret([]byte("key"), someID, 1); a != b {
		t.Error("a repeated answer must carry the same secret")
	}
	for name, other := range map[string]func() (string, error){
		"another key":     func() (string, error) { return Secret([]byte("kez"), someID, 1) },
		"another version": func() (string, error) { return Secret([]byte("key"), someID, 2) },
	} {
		if b, _ := other(); b == a || Matches(Hash(a), b) {
			t.Errorf("%s gives the same secret", name)
		}
	}
	if !Matches(Hash(a), a) || Matches(nil, a) {
		t.Error("a secret must match its own hash, and no empty one")
	}
	for _, bad := range []string{"", "x", a + "A", a[:len(a)-1], "0198c0de-0000-7000-8000-00000000002a"} {
		if _, err := SecretCommitment(bad); !errors.Is(err, ErrNotFound) {
			t.Errorf("SecretCommitment(%q) = %v; want not found", bad, err)
		}
	}
}

func TestCodeIsSixDigitsAndDiffersByCommitment(t *testing.T) {
	seen := map[string]bool{}
	for _, id := range []CommitmentID{someID, "0198c0de-0000-7000-8000-00000000002b", "0198c0de-0000-7000-8000-00000000002c"} {
		code := Code([]byte("key"), id)
		if len(code) != 6 {
			t.Errorf("code of %s = %q", id, code)
		}
		seen[code] = true
	}
	if len(seen) != 3 {
		t.Errorf("three commitments share codes: %v", seen)
	}
}

func TestNumberIsShortAndStable(t *testing.T) {
	if got := someID.Number(); got != "K-0000-001A" {
		t.Errorf("Number = %s", got)
	}
}
