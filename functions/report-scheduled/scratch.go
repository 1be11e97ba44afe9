package main

import (
	"errors"
	"fmt"
	"os"

	"ksbb/shared/release"
)

// folder makes temporary files in a folder.
type folder string

// Create returns a file that has no name any more: whatever ends this program,
// nothing is left behind for the next run to fill the disk with.
func (f folder) Create() (release.Spool, error) {
	file, err := os.CreateTemp(string(f), "report-*")
	if err != nil {
		return nil, fmt.Errorf("create temporary file: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("create temporary file: %w", err), file.Close())
	}
	return file, nil
}
