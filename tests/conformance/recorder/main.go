// Command recorder starts an unmodified Kubernetes API server, creates manifests on it without keeping them, and writes down
// what it answers.
//
// It reads the cases of the version they were first asked of, and writes all of them for that version, or for another one those
// whose answer is another. record.sh builds it for a release.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	_ "time/tzdata" // The time zones of CronJobs.
)

// sets are the files with manifests, and the one with policies.
var sets = []string{"api", "workloads", "gate-cases", "admission", "policies"}

// record is one line of a file. What the recorder does not know of it stays as it is.
type record map[string]any

func (r record) text(key string) string {
	text, _ := r[key].(string)
	return text
}

func main() {
	cases := flag.String("cases", "", "the folder with SET-BASE.jsonl")
	out := flag.String("out", "", "the folder for SET-VERSION.jsonl")
	version := flag.String("version", "", "the version that this is built of, such as 1.34")
	base := flag.String("base", "1.34", "the version whose files hold all cases")
	flag.Parse()
	if err := run(*cases, *out, *version, *base, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(cases, out, version, base string, flags []string) error {
	scratch, err := os.MkdirTemp("", "recorder")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	asked, err := start(scratch, flags)
	if err != nil {
		return err
	}
	for _, set := range sets {
		rows, err := read(filepath.Join(cases, set+"-"+base+".jsonl"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		answers, err := asked.set(set, rows)
		if err != nil {
			return err
		}
		kept, same := sift(rows, answers, base, version == base)
		fmt.Printf("%s: %d of %d as in the file of %s\n", set, same, len(rows), base)
		if err := write(filepath.Join(out, set+"-"+version+".jsonl"), kept); err != nil {
			return err
		}
	}
	return nil
}

// set asks for all cases of a file.
func (s *server) set(set string, rows []record) ([]record, error) {
	if set == "policies" {
		return s.policies(rows)
	}
	if err := s.namespaces(rows); err != nil {
		return nil, err
	}
	var answers []record
	for _, row := range rows {
		answer, err := s.manifest(row)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", row.text("id"), err)
		}
		answers = append(answers, answer)
	}
	return answers, nil
}

// sift gives the answers that are worth a line, and how many are as they were.
func sift(rows, answers []record, base string, all bool) (kept []record, same int) {
	for i, answer := range answers {
		if agree(rows[i], answer) {
			same++
		} else if all {
			fmt.Printf("%s: %v, not %v\n", answer.text("id"), answer["verdict"], rows[i]["verdict"])
		} else {
			answer["verdict-"+base], answer["fields-"+base] = rows[i]["verdict"], rows[i]["fields"]
			kept = append(kept, answer)
		}
	}
	if all {
		kept = answers
	}
	return kept, same
}

// agree tells whether two answers to a case are the same. The causes come in no certain order.
func agree(a, b record) bool {
	plain := func(r record) string {
		var fields []string
		text, _ := json.Marshal(r["fields"])
		_ = json.Unmarshal(text, &fields)
		sort.Strings(fields)
		text, _ = json.Marshal([]any{r["verdict"], fields, r["returned"]})
		return string(text)
	}
	return plain(a) == plain(b)
}

func read(path string) ([]record, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var rows []record
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var row record
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		rows = append(rows, row)
	}
	return rows, lines.Err()
}

func write(path string, rows []record) error {
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false)
	for _, row := range rows {
		if err := out.Encode(row); err != nil {
			return err
		}
	}
	return os.WriteFile(path, text.Bytes(), 0o644)
}
