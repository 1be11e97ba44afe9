package blobtest

import (
	"testing"
	"time"

	"ksbb/shared/publish"
)

func TestMemoryKeepsThePromises(t *testing.T) {
	Run(t, func(*testing.T) publish.Store { return new(Memory) })
}

func TestMemoryVaultKeepsThePromises(t *testing.T) {
	RunVault(t, func(t *testing.T, now func() time.Time) Vault { return NewVault(t, now) })
}
