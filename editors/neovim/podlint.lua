-- Put this file at ~/.config/nvim/lsp/podlint.lua and enable it: vim.lsp.enable("podlint")
return {
  cmd = { "podlint", "server" },
  filetypes = { "python", "yaml", "json", "helm" },
  root_markers = { "podlint.toml", ".podlint.toml", "pyproject.toml", ".git" },
  settings = { podlint = {} },
  commands = {
    -- The code lens "effective pod".
    ["podlint.showEffectivePod"] = function(command, context)
      local which = command.arguments[1]
      local client = assert(vim.lsp.get_client_by_id(context.client_id))
      local params = { textDocument = { uri = which.uri }, name = which.name, line = which.line }
      client:request("podlint/effectivePod", params, function(err, answer)
        if err or not answer or type(answer.text) ~= "string" then
          vim.notify("podlint: no pod", vim.log.levels.WARN)
          return
        end
        vim.cmd("vertical new")
        vim.bo.buftype, vim.bo.bufhidden, vim.bo.swapfile = "nofile", "wipe", false
        vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(answer.text, "\n"))
        vim.bo.filetype, vim.bo.modifiable = "yaml", false
      end)
    end,
  },
}
