import './api.js'
