;;; test.el --- Drives Emacs and eglot with the configuration of editors/emacs  -*- lexical-binding: t -*-

;; usage: emacs --batch -l tests/clients/emacs/test.el, in a copy of tests/clients/workspace.
;; Functions of eglot with two dashes are its own: this holds for eglot 1.9, Debian 12's.

;;; Code:
(require 'ert)
(require 'flymake)
(require 'xref)
(require 'eglot)

(defconst podlint-root (or (getenv "PODLINT_ROOT") (error "PODLINT_ROOT is not set")))
(load (expand-file-name "editors/emacs/podlint.el" podlint-root) nil t)
(setq eglot-sync-connect 30 eglot-connect-timeout 60 eglot-events-buffer-size 0 eglot-autoshutdown t
      create-lockfiles nil make-backup-files nil flymake-no-changes-timeout 0.05 flymake-start-on-flymake-mode nil)
;; Debian's Emacs has no mode for YAML of its own.
(define-derived-mode yaml-mode text-mode "YAML")
(add-to-list 'auto-mode-alist '("\\.ya?ml\\'" . yaml-mode))

(defmacro podlint-wait (what condition)
  "Wait until CONDITION, or fail for want of WHAT."
  `(let ((end (+ (float-time) 30)))
     (while (and (not ,condition) (< (float-time) end)) (accept-process-output nil 0.02))
     (unless ,condition (ert-fail (format "waited in vain for %s" ,what)))))

(defun podlint-findings ()
  "The findings of the buffer: the text that each marks, and its message's first line."
  (mapcar (lambda (found)
            (cons (buffer-substring (flymake-diagnostic-beg found) (flymake-diagnostic-end found))
                  (car (split-string (flymake-diagnostic-text found) "\n"))))
          (sort (flymake-diagnostics) (lambda (a b) (< (flymake-diagnostic-beg a) (flymake-diagnostic-beg b))))))

(defmacro podlint-in (file &rest body)
  "Run BODY in a buffer of FILE with its findings shown."
  (declare (indent 1))
  `(let ((buffer (find-file-noselect ,file)))
     (unwind-protect
         (with-current-buffer buffer
           (switch-to-buffer buffer)
           (unless (eglot-managed-p)
             (if (derived-mode-p 'python-mode)
                 (cl-letf (((symbol-function 'y-or-n-p) (lambda (&rest _) t))) (podlint-eglot))
               (apply #'eglot (eglot--guess-contact))))
           (podlint-wait "eglot" (eglot-managed-p))
           (flymake-start)
           (podlint-wait "findings" (flymake-diagnostics))
           ,@body)
       (with-current-buffer buffer (set-buffer-modified-p nil))
       (kill-buffer buffer))))

(defun podlint-at (text)
  "Go to the first TEXT."
  (goto-char (point-min))
  (search-forward text)
  (goto-char (match-beginning 0)))

(ert-deftest podlint-python ()
  "Findings stand at their tokens in Python."
  (podlint-in "training.py"
    (should (equal (mapcar #'car (podlint-findings)) '("\"dta\"" "\"proxy\"" "\"envoyproxy/envoy\"" "limits")))
    (should (string-match-p "the pod defines no volume `dta`" (cdar (podlint-findings))))))

(ert-deftest podlint-yaml ()
  "Findings stand at their tokens in YAML."
  (podlint-in "cluster_template.yaml"
    (should (equal (mapcar #'car (podlint-findings)) '("pirmary" "scrach" "metrics" "prom/pushgateway:latest")))))

(ert-deftest podlint-edit ()
  "A finding goes when its cause goes."
  (podlint-in "training.py"
    (podlint-at "dta")
    (replace-match "data")
    ;; A timer of idle time would tell the server; a batch is never idle.
    (eglot--signal-textDocument/didChange)
    (podlint-wait "the finding to go"
                  (equal (mapcar #'car (podlint-findings)) '("\"proxy\"" "\"envoyproxy/envoy\"" "limits")))))

(ert-deftest podlint-fix ()
  "A quick fix is applied."
  (podlint-in "training.py"
    (podlint-at "\"dta\"")
    (cl-letf ((last-nonmenu-event ?.) ; a key, not the mouse
              ((symbol-function 'completing-read)
               (lambda (_ choices &rest _)
                 (seq-find (lambda (title) (string-match-p "rename to `data`" title))
                           (mapcar (lambda (c) (if (consp c) (car c) c)) choices)))))
      (call-interactively #'eglot-code-actions))
    (podlint-wait "the fix" (save-excursion (goto-char (point-min)) (search-forward "V1VolumeMount(name=\"data\"" nil t)))))

(ert-deftest podlint-fix-all ()
  "All safe fixes are made at once."
  (podlint-in "cluster_template.yaml"
    (eglot-code-actions (point-min) (point-max) "source.fixAll.podlint" t)
    (podlint-wait "the fixes" (save-excursion (goto-char (point-min)) (search-forward "name: primary" nil t)))
    (should (save-excursion (goto-char (point-min)) (search-forward "- name: scratch\n            mountPath" nil t)))))

(ert-deftest podlint-rename ()
  "A volume is renamed everywhere."
  (podlint-in "cluster_template.yaml"
    (podlint-at "metrics")
    (eglot-rename "pushgateway")
    (podlint-wait "the name" (save-excursion (goto-char (point-min)) (search-forward "- name: pushgateway" nil t)))))

(ert-deftest podlint-definition ()
  "The name of the primary container leads to the container."
  (podlint-in "training.py"
    (podlint-at "main")
    (let ((found (xref-backend-definitions 'eglot (xref-backend-identifier-at-point 'eglot))))
      (should (equal (mapcar (lambda (item) (xref-location-line (xref-item-location item))) found) '(18))))))

(ert-deftest podlint-hover ()
  "A field is explained."
  (podlint-in "training.py"
    (podlint-at "mount_path")
    (let ((hover (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover (eglot--TextDocumentPositionParams))))
      (should (string-match-p "Path within the container" (format "%s" hover))))))

(ert-run-tests-batch-and-exit)
;;; test.el ends here
