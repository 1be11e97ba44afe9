// Package testfunction builds the small Lambda function that the tests of
// this module run.
package testfunction

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
)

// Build writes the function to dir/folder/bootstrap.
func Build(dir, folder string) error {
	_, here, _, _ := runtime.Caller(0)
	cmd := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", filepath.Join(dir, folder, "bootstrap"), "./function")
	cmd.Dir = filepath.Dir(here)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build test function: %w\n%s", err, out)
	}
	return nil
}
