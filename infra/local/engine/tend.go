package engine

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"

	_ "modernc.org/sqlite" // the engine's file format
)

// tend gives the engine's table of stream records what it lacks: an index on
// the order it reads them in, and an end to their number. Without them every
// write is slower than the one before.
//
// A record is deleted only by a later record of its own table. The engine
// numbers the next record after the highest it finds, so a table left with
// none would begin again at 1, before everybody's checkpoints.
func tend(ctx context.Context, file string) error {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	defer db.Close()
	var known int
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM pragma_table_info('_stream_records')
		WHERE name IN ('id', 'table_name', 'sequence_number', 'created_at')`).Scan(&known)
	if err != nil {
		return fmt.Errorf("read columns: %w", err)
	}
	if known != 4 {
		fmt.Fprintln(os.Stderr, "warning: the DynamoDB engine keeps its stream in another form than expected; writes will become slower with time")
		return nil
	}
	for _, statement := range []string{
		`CREATE INDEX IF NOT EXISTS local_stream_order
			ON _stream_records (table_name, CAST(sequence_number AS INTEGER))`,
		`DROP TRIGGER IF EXISTS local_stream_end`,
		// Two for each one that comes, so the backlog shrinks; more would make
		// the first write after a pause wait.
		`CREATE TRIGGER local_stream_end AFTER INSERT ON _stream_records BEGIN
			DELETE FROM _stream_records WHERE id IN (
				SELECT id FROM _stream_records WHERE table_name = NEW.table_name
				ORDER BY CAST(sequence_number AS INTEGER) LIMIT 2)
			AND id < NEW.id AND created_at < NEW.created_at - 86400;
		END`,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
