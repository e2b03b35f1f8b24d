;;; podlint.el --- Flyte pod templates with eglot  -*- lexical-binding: t -*-

;; Load this file after eglot, then M-x eglot in a buffer with a pod template. Eglot runs one server for each
;; mode: this makes podlint the one for YAML, and an alternative for Python (C-u M-x eglot asks which).

;;; Code:
(require 'eglot)

(add-to-list 'eglot-server-programs '((yaml-mode yaml-ts-mode) . ("podlint" "server")))
(add-to-list 'eglot-server-programs '((json-mode json-ts-mode) . ("podlint" "server")) t)

(defun podlint-eglot ()
  "Check this buffer with podlint, whatever eglot would start for its mode."
  (interactive)
  (let ((eglot-server-programs `((,major-mode . ("podlint" "server")))))
    (call-interactively #'eglot)))

(provide 'podlint)
;;; podlint.el ends here
