-- Drives Neovim's own client with the configuration of editors/neovim: diagnostics, hover, fixes, rename, the effective pod.
-- usage: nvim --headless --clean -u tests/clients/neovim/test.lua, in a copy of tests/clients/workspace
local root = assert(vim.env.PODLINT_ROOT, "PODLINT_ROOT is not set")
local patience = 30000
local passed, failed = 0, 0

local function wait(what, condition)
  assert(vim.wait(patience, condition, 20), "waited in vain for " .. what)
end

local function equal(wanted, got)
  assert(vim.deep_equal(wanted, got), "wanted " .. vim.inspect(wanted) .. ", got " .. vim.inspect(got))
end

local function has(text, part)
  assert(text:find(part, 1, true), ("%q is not in %q"):format(part, text))
end

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end

--- The findings of the buffer, as "line:column rule", sorted by place.
local function findings()
  local all = vim.diagnostic.get(0)
  table.sort(all, function(a, b) return a.lnum < b.lnum end)
  return vim.tbl_map(function(d) return ("%d:%d-%d %s"):format(d.lnum + 1, d.col, d.end_col, d.code) end, all)
end

local function open(file)
  vim.cmd.edit({ file, bang = true })
  wait("findings in " .. file, function()
    -- Those that were pushed while the file was not open do not count: the namespace of pulled ones ends in an identifier.
    return vim.iter(vim.diagnostic.get(0)):any(function(d)
      return vim.endswith(vim.diagnostic.get_namespace(d.namespace).name, ".podlint")
    end)
  end)
end

--- Puts the cursor on the first place that holds a text.
local function at(part)
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  assert(vim.fn.search("\\V" .. part, "cW") > 0, part .. " is not in the buffer")
end

local function answer(method, extra)
  local client = vim.lsp.get_clients({ name = "podlint" })[1]
  local params = vim.tbl_extend("force", vim.lsp.util.make_position_params(0, client.offset_encoding), extra or {})
  local got = assert(client:request_sync(method, params, patience, 0))
  assert(not got.err, vim.inspect(got.err))
  return got.result
end

--- Chooses among code actions as a user does in the menu.
local function choose(title)
  vim.ui.select = function(items, _, done)
    for _, item in ipairs(items) do
      if item.action.title:lower():find(title, 1, true) then return done(item) end
    end
    error("no action " .. title .. " among " .. vim.inspect(vim.tbl_map(function(i) return i.action.title end, items)))
  end
end

local tests = {
  { "findings at their tokens, in Python", function()
    open("training.py")
    equal(
      { "19:50-55 undefined-volume", "22:21-28 sidecar-never-finishes", "23:22-40 sidecar-image-unpinned", "24:49-55 sidecar-missing-requests" },
      findings()
    )
    local first = vim.diagnostic.get(0, { lnum = 18 })[1]
    equal("podlint", first.source)
    equal(vim.diagnostic.severity.ERROR, first.severity)
    equal("the pod defines no volume `dta`", first.message:match("^[^\n]*"))
  end },
  { "findings of a file that is not open", function()
    wait("them", function()
      return #vim.tbl_filter(function(d)
        return vim.api.nvim_buf_get_name(d.bufnr):find("cluster_template.yaml", 1, true) ~= nil
      end, vim.diagnostic.get()) == 4
    end)
  end },
  { "findings in YAML, once", function()
    open("cluster_template.yaml")
    equal(
      { "9:14-21 missing-primary-container", "12:18-24 undefined-volume", "14:14-21 sidecar-missing-limits", "15:15-38 sidecar-image-unpinned" },
      findings()
    )
  end },
  { "findings follow edits", function()
    open("training.py")
    at('"dta"')
    vim.cmd('normal! ci"data')
    wait("the finding to go", function() return #vim.diagnostic.get(0, { lnum = 18 }) == 0 end)
    vim.cmd("undo")
    wait("the finding to come back", function() return #vim.diagnostic.get(0, { lnum = 18 }) == 1 end)
  end },
  { "hover explains a field", function()
    open("training.py")
    at("mount_path")
    local hover = answer("textDocument/hover")
    has(hover.contents.value, "Path within the container")
  end },
  { "a quick fix is applied", function()
    open("training.py")
    at('"dta"')
    choose("rename to `data`")
    vim.lsp.buf.code_action()
    wait("the fix", function() return text():find('V1VolumeMount(name="data"', 1, true) ~= nil end)
    wait("the finding to go", function() return #vim.diagnostic.get(0, { lnum = 18 }) == 0 end)
  end },
  { "all safe fixes are made on save", function()
    vim.api.nvim_create_autocmd("BufWritePre", {
      pattern = { "*.yaml" },
      once = true,
      callback = function()
        vim.lsp.buf.code_action({ context = { only = { "source.fixAll.podlint" }, diagnostics = {} }, apply = true })
        wait("the fixes", function() return text():find("name: primary", 1, true) ~= nil end)
      end,
    })
    open("cluster_template.yaml")
    vim.cmd.write()
    local saved = table.concat(vim.fn.readfile("cluster_template.yaml"), "\n")
    has(saved, "- name: primary\n")
    has(saved, "- name: scratch\n            mountPath")
  end },
  { "a volume is renamed everywhere", function()
    open("training.py")
    at('"data", empty_dir')
    vim.fn.search("data", "cW")
    vim.lsp.buf.rename("scratch")
    wait("the name", function() return text():find('V1Volume(name="scratch"', 1, true) ~= nil end)
  end },
  { "from a primary container's name to the container", function()
    open("training.py")
    at("main")
    vim.lsp.buf.definition()
    wait("the jump", function() return vim.api.nvim_win_get_cursor(0)[1] == 18 end)
  end },
  { "container names are completed", function()
    open("training.py")
    at("dta")
    local list = answer("textDocument/completion")
    local labels = vim.tbl_map(function(item) return item.label end, list.items or list)
    assert(vim.list_contains(labels, "data"), vim.inspect(labels))
  end },
  { "the effective pod opens", function()
    open("training.py")
    vim.lsp.codelens.refresh()
    wait("code lenses", function() return #vim.lsp.codelens.get(0) > 0 end)
    vim.api.nvim_win_set_cursor(0, { vim.lsp.codelens.get(0)[1].range.start.line + 1, 0 })
    vim.lsp.codelens.run()
    wait("the pod", function() return text():find("kind: Pod", 1, true) ~= nil end)
    equal("yaml", vim.bo.filetype)
    vim.cmd.close()
  end },
}

vim.cmd("filetype on")
vim.opt.swapfile = false
vim.notify = function(message) io.stdout:write("notified: " .. message .. "\n") end
vim.lsp.config("podlint", dofile(root .. "/editors/neovim/podlint.lua"))
vim.lsp.enable("podlint")

vim.defer_fn(function()
  for _, test in ipairs(tests) do
    local ok, problem = xpcall(test[2], debug.traceback)
    if ok then passed = passed + 1 else failed = failed + 1 end
    io.stdout:write((ok and "\nok " or "FAILED ") .. test[1] .. (ok and "" or "\n" .. problem) .. "\n")
  end
  io.stdout:write(("%d passed, %d failed\n"):format(passed, failed))
  vim.cmd(failed == 0 and "qall!" or "cquit 1")
end, 0)
